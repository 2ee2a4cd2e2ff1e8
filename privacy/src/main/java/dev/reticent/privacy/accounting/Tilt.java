package dev.reticent.privacy.accounting;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The exponent θ of the tilt e^(θl) and the window that the tilted sum is followed in.
 *
 * @param theta θ
 * @param low where nearly all of the tilted sum begins
 * @param high where it ends
 * @param below the Chernoff exponent for what is below the window
 * @param above the same for what is above
 */
record Tilt(double theta, double low, double high, double below, double above) {
  /** How far below the tilted δ the mass outside the window is to be, in nats. */
  private static final double MARGIN = 14;

  /** Exponents that are tried: losses of a run add up to between some millionths and billions. */
  private static final double LEAST = 1e-9;

  private static final double MOST = 1e8;

  /** How far from the best θ, in nats, one with a narrower window is taken. */
  private static final double ENOUGH = 2;

  double width() {
    return high - low;
  }

  /** At the θ that minimises the Chernoff bound on ε, (K(θ) + log 1/δ)/θ. */
  static Tilt ofChernoff(List<LossDistribution> losses, List<Integer> counts, double delta) {
    double best = 1;
    double lowest = Double.POSITIVE_INFINITY;
    for (double theta = LEAST; theta < MOST; theta *= 1.15) {
      double bound = (cumulant(losses, counts, theta) - Math.log(delta)) / theta;
      if (bound < lowest) {
        lowest = bound;
        best = theta;
      }
    }
    return window(losses, counts, best, MARGIN + 8);
  }

  /**
   * With the narrowest window among the θ whose Chernoff bound on δ(ε), K(θ) − θε, is nearly as
   * small as any.
   */
  static Tilt at(
      double epsilon, List<LossDistribution> losses, List<Integer> counts, double delta) {
    List<Double> candidates = new ArrayList<>();
    for (double theta = LEAST; theta < MOST; theta *= 1.15) {
      candidates.add(theta);
    }
    ToDoubleFunction<Double> bound = theta -> cumulant(losses, counts, theta) - theta * epsilon;
    double lowest = candidates.stream().mapToDouble(bound).min().orElse(0);
    return candidates.stream()
        .filter(theta -> bound.applyAsDouble(theta) <= lowest + ENOUGH)
        .map(theta -> around(theta, epsilon, losses, counts, delta))
        .min(Comparator.comparingDouble(Tilt::width))
        .orElseThrow();
  }

  /** Next to no tilt, and a window that all but e^(−need) of the sum is in, at either end. */
  static Tilt none(List<LossDistribution> losses, List<Integer> counts, double need) {
    return window(losses, counts, LEAST, need);
  }

  /**
   * This tilt's exponent with the window of other, finer distributions, whose means differ a
   * little.
   */
  Tilt around(double epsilon, List<LossDistribution> losses, List<Integer> counts, double delta) {
    return around(theta, epsilon, losses, counts, delta);
  }

  private static Tilt around(
      double theta,
      double epsilon,
      List<LossDistribution> losses,
      List<Integer> counts,
      double delta) {
    double excess = cumulant(losses, counts, theta) - theta * epsilon - Math.log(delta);
    return window(losses, counts, theta, MARGIN + Math.max(0, excess));
  }

  private static Tilt window(
      List<LossDistribution> losses, List<Integer> counts, double theta, double need) {
    double base = cumulant(losses, counts, theta);
    double low = Double.NEGATIVE_INFINITY;
    double high = Double.POSITIVE_INFINITY;
    double below = 1;
    double above = 1;
    for (double lambda = LEAST; lambda < MOST; lambda *= 1.5) {
      double end = (cumulant(losses, counts, theta + lambda) - base + need) / lambda;
      double start = -(cumulant(losses, counts, theta - lambda) - base + need) / lambda;
      if (start > low) {
        low = start;
        below = lambda;
      }
      if (end < high) {
        high = end;
        above = lambda;
      }
    }
    return new Tilt(theta, low, high, below, above);
  }

  /** log E[e^(θL)] of the sum L. */
  static double cumulant(List<LossDistribution> losses, List<Integer> counts, double theta) {
    double sum = 0;
    for (int i = 0; i < counts.size(); i++) {
      sum += counts.get(i) * losses.get(i).cumulant(theta);
    }
    return sum;
  }

  /**
   * Chernoff's bound on the tilted mass below low and above high, on the very distributions that
   * are composed, at exponents found on coarse ones.
   */
  double outside(List<LossDistribution> losses, List<Integer> counts, double from, double to) {
    double base = cumulant(losses, counts, theta);
    return Math.exp(cumulant(losses, counts, theta - below) - base + below * from)
        + Math.exp(cumulant(losses, counts, theta + above) - base - above * to);
  }
}
