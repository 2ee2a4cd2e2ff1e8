package dev.reticent.privacy.accounting;

import dev.reticent.privacy.accounting.LossPair.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What the best of all tests can do that tries to tell, from everything a history released, which
 * of two neighbouring datasets there was. Every figure is an upper bound.
 *
 * <p>A release that is (ε, δ)-private for many pairs at once bounds a test's true positives β̄ at a
 * share α of false positives by β̄ ≤ δ + e^ε·α and 1 − α ≤ δ + e^ε·(1 − β̄), whichever of the two
 * datasets "positive" means (Wasserman and Zhou 2010; Dong, Roth and Su 2022, proposition 2.5). The
 * pairs are the privacy profile δ(ε) of the loss distribution from above, and the best of two
 * thousand of them is taken.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class TradeOff {
  private static final int PAIRS = 2000;

  /** What is left out of the losses at each end, and far below any figure that is stated. */
  private static final double TAIL = 1e-10;

  private static final int COARSE = 1 << 12;
  private static final int DOTS = 1 << 16;
  private static final int MOST_CELLS = 1 << 20;

  /** Rising from 0. */
  private final double[] epsilons;

  private final double[] deltas;

  private TradeOff(double[] epsilons, double[] deltas) {
    this.epsilons = epsilons;
    this.deltas = deltas;
  }

  static TradeOff of(List<PrivacyEvent> history, Neighbors neighbors) {
    if (history.isEmpty()) {
      return new TradeOff(new double[] {0}, new double[] {0});
    }
    Profile profile = profile(history, neighbors);
    double[] epsilons = new double[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
      double share = (double) i / (PAIRS - 1);
      epsilons[i] = profile.last() * share * share;
    }
    double[] deltas = profile.deltas().apply(epsilons);
    double least = new RdpAccountant(neighbors).totalVariation(history);
    for (int i = 0; i < PAIRS; i++) {
      // δ never rises with ε, and at 0 it is the total variation.
      least = Math.min(least, deltas[i]);
      deltas[i] = least;
    }
    return new TradeOff(epsilons, deltas);
  }

  /** From Rényi divergences, whose δ(ε) is larger. */
  static TradeOff of(RenyiCurve curve) {
    double last = curve.epsilon(TAIL);
    double[] epsilons = new double[PAIRS];
    double[] deltas = new double[PAIRS];
    double least = 1;
    for (int i = 0; i < PAIRS; i++) {
      double share = (double) i / (PAIRS - 1);
      epsilons[i] = last * share * share;
      least = Math.min(least, curve.delta(epsilons[i]));
      deltas[i] = least;
    }
    return new TradeOff(epsilons, deltas);
  }

  /**
   * δ(ε) from above.
   *
   * @param last an ε at which δ is too small to count
   * @param deltas from rising ε to a δ that is enough for each
   */
  private record Profile(double last, UnaryOperator<double[]> deltas) {

    /** Of whichever of two directions has the larger δ. */
    Profile or(Profile other) {
      return new Profile(
          Math.max(last, other.last),
          epsilons -> {
            double[] a = deltas.apply(epsilons);
            double[] b = other.deltas.apply(epsilons);
            Arrays.setAll(a, i -> Math.max(a[i], b[i]));
            return a;
          });
    }
  }

  private static Profile profile(List<PrivacyEvent> history, Neighbors neighbors) {
    Map<PrivacyEvent, Integer> counts = PldAccountant.counts(history);
    if (counts.keySet().stream().allMatch(event -> event.sampling().isWhole())) {
      double mu = PldAccountant.distance(counts, neighbors);
      return new Profile(
          Gaussian.epsilon(mu, TAIL).upper(),
          epsilons -> Arrays.stream(epsilons).map(e -> Gaussian.upperDelta(mu, e)).toArray());
    }
    List<Integer> times = List.copyOf(counts.values());
    Profile most = new Profile(0, epsilons -> new double[epsilons.length]);
    for (Direction direction : Direction.of(neighbors)) {
      List<StepLoss> steps = new ArrayList<>();
      counts.keySet().forEach(event -> steps.add(StepLoss.of(event, direction, neighbors)));
      most = most.or(composed(steps, times));
    }
    return most;
  }

  /** Without a tilt, which only tails far smaller than {@link #TAIL} need. */
  private static Profile composed(List<StepLoss> steps, List<Integer> times) {
    long total = times.stream().mapToLong(Integer::longValue).sum();
    double tail = TAIL / total;
    try {
      steps.forEach(StepLoss::checkCost);
      double span = steps.stream().mapToDouble(step -> step.span(tail)).max().orElseThrow();
      double coarse = Math.max(span / COARSE, 1e-12);
      Tilt tilt = Tilt.none(Grid.above(steps, tail, coarse), times, -Math.log(TAIL));
      double h = Math.max(Math.min(coarse, tilt.width() / DOTS), span / MOST_CELLS);
      List<LossDistribution> losses = new ArrayList<>();
      for (StepLoss step : steps) {
        double origin = Grid.origin(step, tail, h);
        losses.add(LossDistribution.above(LossCells.of(step, tail, h, origin)));
      }
      ComposedLoss sum = ComposedLoss.of(losses, times, h, tilt, TAIL);
      return new Profile(Math.max(0, tilt.high()), sum::deltas);
    } catch (ArithmeticException e) {
      // Out of the range of double, or of what can be composed in seconds: nothing is known then.
      return new Profile(0, epsilons -> Arrays.stream(epsilons).map(any -> 1).toArray());
    }
  }

  /**
   * The share of cases, at most, in which a test is right about which of two datasets there was,
   * when each is as likely as the other beforehand: (1 + total variation)/2. Guessing has 0.5.
   */
  public double accuracy() {
    return (1 + deltas[0]) / 2;
  }

  /**
   * The share, at most, of those that are in the data that a test says are.
   *
   * @param falsePositives the share of those that are not in the data that it says are; in [0, 1]
   */
  public double truePositives(double falsePositives) {
    if (!(falsePositives >= 0 && falsePositives <= 1)) {
      throw new IllegalArgumentException(
          "false positives: found " + falsePositives + ", expected a share from 0 to 1");
    }
    double least = 1;
    for (int i = 0; i < epsilons.length; i++) {
      double factor = Math.exp(epsilons[i]);
      double direct = deltas[i] + factor * falsePositives;
      double reverse = 1 - (1 - falsePositives - deltas[i]) / factor;
      least = Math.min(least, Math.min(direct, reverse));
    }
    return Math.max(least, falsePositives);
  }
}
