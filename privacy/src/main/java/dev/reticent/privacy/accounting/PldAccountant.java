package dev.reticent.privacy.accounting;

import dev.reticent.privacy.accounting.LossPair.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A bracket on ε of a history of subsampled Gaussian steps, from its privacy loss distribution.
 *
 * <p>Two discrete losses enclose that of a step ({@link LossDistribution}): one dominates it, the
 * step dominates the other, both within O(h²) of it. Each is composed by FFT after an exponential
 * tilt e^(θl) at the Chernoff point, so that the tail that decides δ is computed to relative, not
 * absolute, accuracy. The mass beyond the FFT's window and the grid, a bound on the FFT's rounding
 * and one on the relative error of the masses count against each bound. A history without sampling
 * is one Gaussian, whose ε has a closed form.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class PldAccountant implements Accountant {
  private static final Remembered<Question, EpsilonBracket> BRACKETS = new Remembered<>(1000);
  private static final Remembered<Question, TradeOff> TRADE_OFFS = new Remembered<>(100);

  private final Neighbors neighbors;

  /**
   * What an answer follows from.
   *
   * @param delta δ, or 0 where all of them are asked for
   * @param both whether the lower end of the bracket is wanted, too
   */
  private record Question(
      List<PrivacyEvent> taken, Neighbors neighbors, double delta, boolean both) {}

  public PldAccountant(Neighbors neighbors) {
    this.neighbors = neighbors;
  }

  /**
   * The bracket after these events, in any order. Its lower end is 0 where the pair that dominates
   * a step may be worse than the step itself (truncated Poisson), and where the noise is so small
   * or the steps are so many that the sums leave what doubles and seconds can hold. Its upper end
   * is never above the RDP accountant's, and is that one there.
   */
  public EpsilonBracket bracket(List<PrivacyEvent> history, double delta) {
    return bracket(history, delta, true);
  }

  /** The bracket after one event. */
  public EpsilonBracket bracket(PrivacyEvent event, double delta) {
    return bracket(List.of(event), delta);
  }

  /** The upper end of the bracket alone, in little more than half the time. */
  @Override
  public double epsilon(List<PrivacyEvent> history, double delta) {
    return bracket(history, delta, false).upper();
  }

  @Override
  public boolean covers(Subsampling sampling) {
    try {
      StepLoss.check(sampling, neighbors);
      return true;
    } catch (UnaccountedException e) {
      return false;
    }
  }

  private EpsilonBracket bracket(List<PrivacyEvent> history, double delta, boolean both) {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta must be in (0, 1), got delta " + delta);
    }
    history.forEach(event -> StepLoss.check(event.sampling(), neighbors));
    List<PrivacyEvent> taken = history.stream().filter(event -> event.steps() > 0).toList();
    if (taken.isEmpty()) {
      return new EpsilonBracket(0, 0);
    }
    return BRACKETS.answer(new Question(taken, neighbors, delta, both), PldAccountant::bracket);
  }

  private static EpsilonBracket bracket(Question asked) {
    List<PrivacyEvent> taken = asked.taken();
    EpsilonBracket bracket;
    try {
      bracket = new PldAccountant(asked.neighbors()).ofLosses(taken, asked.delta(), asked.both());
    } catch (ArithmeticException e) {
      // Out of the range of double, or of what can be composed in seconds: the other bound is left.
      bracket = new EpsilonBracket(0, Double.POSITIVE_INFINITY);
    }
    double renyi = new RdpAccountant(asked.neighbors()).epsilon(taken, asked.delta());
    return bracket.upper() <= renyi
        ? bracket
        : new EpsilonBracket(Math.min(bracket.lower(), renyi), renyi);
  }

  /**
   * What a test can do at most that tries to tell which of two neighbouring datasets there was,
   * from all that the history released.
   */
  public TradeOff tradeOff(List<PrivacyEvent> history) {
    history.forEach(event -> StepLoss.check(event.sampling(), neighbors));
    List<PrivacyEvent> taken = history.stream().filter(event -> event.steps() > 0).toList();
    return TRADE_OFFS.answer(
        new Question(taken, neighbors, 0, false), asked -> TradeOff.of(taken, neighbors));
  }

  /** What the best test can do after one event. */
  public TradeOff tradeOff(PrivacyEvent event) {
    return tradeOff(List.of(event));
  }

  /** How often each different step is taken. */
  static Map<PrivacyEvent, Integer> counts(List<PrivacyEvent> history) {
    Map<PrivacyEvent, Integer> counts = new LinkedHashMap<>();
    for (PrivacyEvent event : history) {
      counts.merge(event.withSteps(1), event.steps(), Math::addExact);
    }
    return counts;
  }

  private EpsilonBracket ofLosses(List<PrivacyEvent> history, double delta, boolean both) {
    Map<PrivacyEvent, Integer> counts = counts(history);
    if (counts.keySet().stream().allMatch(event -> event.sampling().isWhole())) {
      return gaussian(counts, delta);
    }
    boolean tight = counts.keySet().stream().allMatch(e -> StepLoss.isTight(e.sampling()));
    return composed(counts, delta, both && tight);
  }

  private EpsilonBracket composed(Map<PrivacyEvent, Integer> counts, double delta, boolean both) {
    List<Integer> times = List.copyOf(counts.values());
    List<Composition> compositions = new ArrayList<>();
    for (Direction direction : Direction.of(neighbors)) {
      List<StepLoss> steps = new ArrayList<>();
      counts.keySet().forEach(event -> steps.add(StepLoss.of(event, direction, neighbors)));
      steps.forEach(StepLoss::checkCost);
      compositions.add(new Composition(steps, times, delta, Grid.of(steps, times, delta)));
    }
    compositions.sort(Comparator.comparingDouble(c -> -c.grid().rough()));
    EpsilonBracket bracket = new EpsilonBracket(0, 0);
    for (Composition composition : compositions) {
      // A rough bound is a bound: a direction that it shows not to count is done with.
      if (composition.grid().rough() > bracket.upper()) {
        bracket = bracket.union(composition.bracket(both));
      }
    }
    return bracket;
  }

  private EpsilonBracket gaussian(Map<PrivacyEvent, Integer> counts, double delta) {
    return Gaussian.epsilon(distance(counts, neighbors), delta);
  }

  /** Without sampling the sums are one Gaussian of distance μ, μ² = Σ T·(s/σ)². */
  static double distance(Map<PrivacyEvent, Integer> counts, Neighbors neighbors) {
    double distance =
        neighbors.rowsPerUnit() * (neighbors.adjacency() == Adjacency.REPLACE_ONE ? 2.0 : 1.0);
    double squares = 0;
    for (Map.Entry<PrivacyEvent, Integer> entry : counts.entrySet()) {
      double mu = distance / entry.getKey().noiseMultiplier();
      squares += entry.getValue() * mu * mu;
    }
    return Math.sqrt(squares);
  }
}
