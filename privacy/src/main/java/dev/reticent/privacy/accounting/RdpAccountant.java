package dev.reticent.privacy.accounting;

import dev.reticent.privacy.accounting.LossPair.Direction;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleUnaryOperator;

/**
 * Rényi differential privacy of a history of subsampled Gaussian steps.
 *
 * <p>Moments of order α ({@link Moments}) add up over steps. Conversion to (ε, δ) is that of Balle
 * et al. 2020, theorem 21: ε = r + log(1 − 1/α) − log(δα)/(α − 1), minimised over all orders in (1,
 * 1024]; none is ever dropped. Adding or removing one row, the removing direction has the larger
 * moments (Mironov, Talwar and Zhang 2019, theorem 5); of several rows both are computed.
 *
 * <p>Safe for use by many threads; remembers the moments that it computed.
 */
public final class RdpAccountant implements Accountant {
  private static final int ORDERS = 150;
  private static final double LOWEST = 1e-12;
  private static final double HIGHEST = 1023;
  private static final int REFINEMENTS = 24;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final Neighbors neighbors;
  private final Map<PrivacyEvent, double[]> onGrid = new ConcurrentHashMap<>();

  public RdpAccountant(Neighbors neighbors) {
    this.neighbors = neighbors;
  }

  @Override
  public boolean covers(Subsampling sampling) {
    try {
      check(sampling);
      return true;
    } catch (UnaccountedException e) {
      return false;
    }
  }

  private void check(Subsampling sampling) {
    if (!(sampling instanceof Subsampling.FixedSize)) {
      StepLoss.check(sampling, neighbors);
    } else if (!neighbors.equals(Neighbors.of(Adjacency.REPLACE_ONE))) {
      throw new UnaccountedException(
          "RDP", sampling, neighbors, "its batch is of fixed size: use REPLACE_ONE of one row");
    }
  }

  /**
   * The Rényi divergence of the event's steps at an order above 1, at most 1024.
   *
   * @throws IllegalArgumentException when the order is out of range
   */
  public double divergence(PrivacyEvent event, double order) {
    if (!(order > 1 && order <= HIGHEST + 1)) {
      throw new IllegalArgumentException("order must be above 1 and at most 1024, got " + order);
    }
    check(event.sampling());
    return event.steps() * moment(event).applyAsDouble(order) / (order - 1);
  }

  /** Minimised over all orders in (1, 1024]; after few microseconds when the event was seen. */
  @Override
  public double epsilon(List<PrivacyEvent> history, double delta) {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta must be in (0, 1), got delta " + delta);
    }
    history.forEach(event -> check(event.sampling()));
    if (history.stream().allMatch(event -> event.steps() == 0)) {
      return 0;
    }
    double[] sums = sums(history);
    if (totalVariation(sums) <= delta) {
      return 0;
    }
    int best = 0;
    for (int i = 1; i < ORDERS; i++) {
      if (convert(beyond(i), sums[i], delta) < convert(beyond(best), sums[best], delta)) {
        best = i;
      }
    }
    double onGridBest = convert(beyond(best), sums[best], delta);
    return Math.max(0, Math.min(onGridBest, refined(history, best, delta)));
  }

  /**
   * An upper bound on the total variation, which is δ at ε = 0. By Bretagnolle and Huber it is at
   * most √(1 − e^(−KL)), and the Kullback-Leibler divergence is at most the Rényi divergence of any
   * order above 1 (Canonne, "A short note on an inequality between KL and TV", 2022).
   */
  double totalVariation(List<PrivacyEvent> history) {
    return totalVariation(sums(history));
  }

  private static double totalVariation(double[] sums) {
    double least = 1;
    for (int i = 0; i < ORDERS; i++) {
      least = Math.min(least, Math.sqrt(-Elementary.expm1(-sums[i] / beyond(i))));
    }
    return least;
  }

  /** log A(α) of all steps at each order of the grid. */
  private double[] sums(List<PrivacyEvent> history) {
    double[] sums = new double[ORDERS];
    for (PrivacyEvent event : history) {
      double[] moments = onGrid.computeIfAbsent(event.withSteps(1), this::momentsOnGrid);
      for (int i = 0; i < ORDERS; i++) {
        sums[i] += event.steps() * moments[i];
      }
    }
    return sums;
  }

  /**
   * Any order gives a valid bound, so the search between the grid's best's neighbors only gains.
   */
  private double refined(List<PrivacyEvent> history, int best, double delta) {
    List<DoubleUnaryOperator> moments = history.stream().map(this::moment).toList();
    DoubleUnaryOperator at =
        logBeyond -> {
          double beyond = Math.exp(logBeyond);
          double sum = 0;
          for (int i = 0; i < moments.size(); i++) {
            sum += history.get(i).steps() * moments.get(i).applyAsDouble(1 + beyond);
          }
          return convert(beyond, sum, delta);
        };
    double low = Math.log(beyond(Math.max(0, best - 1)));
    double high = Math.log(beyond(Math.min(ORDERS - 1, best + 1)));
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double atLeft = at.applyAsDouble(left);
    double atRight = at.applyAsDouble(right);
    double lowest = Math.min(atLeft, atRight);
    for (int i = 0; i < REFINEMENTS; i++) {
      if (atLeft < atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = at.applyAsDouble(left);
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = at.applyAsDouble(right);
      }
      lowest = Math.min(lowest, Math.min(atLeft, atRight));
    }
    return lowest;
  }

  /** α − 1 of the grid's i-th order: even on the scale of log(α − 1). */
  private static double beyond(int i) {
    return LOWEST * Math.pow(HIGHEST / LOWEST, i / (ORDERS - 1.0));
  }

  private double[] momentsOnGrid(PrivacyEvent event) {
    DoubleUnaryOperator moment = moment(event);
    double[] moments = new double[ORDERS];
    for (int i = 0; i < ORDERS; i++) {
      moments[i] = moment.applyAsDouble(1 + beyond(i));
    }
    return moments;
  }

  /** log A(α) of one step. */
  private DoubleUnaryOperator moment(PrivacyEvent event) {
    double sigma = event.noiseMultiplier();
    boolean replace = neighbors.adjacency() == Adjacency.REPLACE_ONE;
    if (event.sampling().isWhole()) {
      double mu = neighbors.rowsPerUnit() * (replace ? 2 : 1) / sigma;
      return order -> order * (order - 1) / 2 * mu * mu;
    }
    if (event.sampling() instanceof Subsampling.FixedSize fixed) {
      return new FixedSizeMoments(fixed.rate(), sigma / 2)::logMoment;
    }
    if (replace) {
      return moments(event, Direction.REPLACE)::logMoment;
    }
    Moments remove = moments(event, Direction.REMOVE);
    if (neighbors.rowsPerUnit() == 1) {
      return remove::logMoment;
    }
    Moments add = moments(event, Direction.ADD);
    return order -> Math.max(remove.logMoment(order), add.logMoment(order));
  }

  private Moments moments(PrivacyEvent event, Direction direction) {
    return new Moments(StepLoss.of(event, direction, neighbors));
  }

  private static double convert(double beyond, double moment, double delta) {
    double order = 1 + beyond;
    return (moment - Math.log(delta * order)) / beyond + Math.log(beyond / order);
  }
}
