package dev.reticent.privacy.accounting;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

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
  private static final double[] THETAS = exponents(1.15);
  private static final double[] LAMBDAS = exponents(1.5);

  /** How far from the best θ, in nats, one with a narrower window is taken. */
  private static final double ENOUGH = 2;

  double width() {
    return high - low;
  }

  private static double[] exponents(double factor) {
    double[] exponents = new double[1024];
    int count = 0;
    for (double exponent = LEAST; exponent < MOST; exponent *= factor) {
      exponents[count++] = exponent;
    }
    return Arrays.copyOf(exponents, count);
  }

  /** At the θ that minimises the Chernoff bound on ε, (K(θ) + log 1/δ)/θ. */
  static Tilt ofChernoff(List<LossDistribution> losses, List<Integer> counts, double delta) {
    DoubleUnaryOperator bound =
        theta -> (cumulant(losses, counts, theta) - Math.log(delta)) / theta;
    return window(losses, counts, THETAS[lowest(THETAS, bound)], MARGIN + 8);
  }

  /**
   * With the narrowest window among the θ whose Chernoff bound on δ(ε), K(θ) − θε, is nearly as
   * small as any.
   */
  static Tilt at(
      double epsilon, List<LossDistribution> losses, List<Integer> counts, double delta) {
    DoubleUnaryOperator bound = theta -> cumulant(losses, counts, theta) - theta * epsilon;
    int best = lowest(THETAS, bound);
    double enough = bound.applyAsDouble(THETAS[best]) + ENOUGH;
    int first = best;
    while (first > 0 && bound.applyAsDouble(THETAS[first - 1]) <= enough) {
      first--;
    }
    Tilt narrowest = around(THETAS[first], epsilon, losses, counts, delta);
    for (int i = first + 1;
        i <= best || (i < THETAS.length && bound.applyAsDouble(THETAS[i]) <= enough);
        i++) {
      Tilt tilt = around(THETAS[i], epsilon, losses, counts, delta);
      narrowest = tilt.width() < narrowest.width() ? tilt : narrowest;
    }
    return narrowest;
  }

  /**
   * Which of rising arguments has the lowest value, of a function that falls before it and rises
   * after it. K is convex, so K(θ) − θε is such a function of θ, and so is (K(θ ± λ) − K(θ) + c)/λ
   * of λ for c above 0, whose derivative times λ² rises with λ from −c.
   */
  private static int lowest(double[] arguments, DoubleUnaryOperator function) {
    int low = 0;
    int high = arguments.length - 1;
    while (low < high) {
      int middle = (low + high) / 2;
      double here = function.applyAsDouble(arguments[middle]);
      if (function.applyAsDouble(arguments[middle + 1]) < here) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
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
    DoubleUnaryOperator start =
        lambda -> (cumulant(losses, counts, theta - lambda) - base + need) / lambda;
    DoubleUnaryOperator end =
        lambda -> (cumulant(losses, counts, theta + lambda) - base + need) / lambda;
    double below = LAMBDAS[lowest(LAMBDAS, start)];
    double above = LAMBDAS[lowest(LAMBDAS, end)];
    return new Tilt(theta, -start.applyAsDouble(below), end.applyAsDouble(above), below, above);
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
