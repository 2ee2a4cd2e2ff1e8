package dev.reticent.privacy.accounting;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** The sum of a history's losses, tilted by e^(θl), with everything that bounds its error. */
final class ComposedLoss {
  /** Bounds the relative error of a step's masses: quadrature, density and tilt. */
  private static final double RELATIVE = 1e-11;

  private static final double FELT = 3e-5;
  private static final int MOST_DOTS = 1 << 22;

  private final double h;
  private final double theta;

  /** log E[e^(θL)] of the sum. */
  private final double cumulant;

  private final double low;
  private final double[] tilted;

  /** Bounds the tilted mass that is outside the window or due to rounding. */
  private final double slack;

  /** The part of it that is due to rounding. */
  private final double rounding;

  private final double tails;
  private final double relative;

  private ComposedLoss(
      double h,
      double theta,
      double cumulant,
      double low,
      double[] tilted,
      double slack,
      double rounding,
      double tails,
      double relative) {
    this.h = h;
    this.theta = theta;
    this.cumulant = cumulant;
    this.low = low;
    this.tilted = tilted;
    this.slack = slack;
    this.rounding = rounding;
    this.tails = tails;
    this.relative = relative;
  }

  /**
   * Composed on doubles, or on double-doubles where the rounding of doubles would be felt.
   *
   * @throws ArithmeticException when the window has too many dots
   */
  static ComposedLoss of(
      List<LossDistribution> steps, List<Integer> counts, double h, Tilt tilt, double delta) {
    ComposedLoss sum = of(steps, counts, h, tilt, Spectrum::of);
    return sum.roundingIsFelt(delta) ? of(steps, counts, h, tilt, PreciseSpectrum::of) : sum;
  }

  /** Whether rounding would move ε by more than some hundred-thousandths, where δ̃ is about δ. */
  private boolean roundingIsFelt(double delta) {
    if (rounding == 0 || tilted.length > PreciseSpectrum.LARGEST) {
      return false;
    }
    double epsilon = Math.max(low, solve(delta, 0));
    double felt = FELT * Math.max(1, theta * epsilon);
    return Math.log(rounding) > Math.log(felt * delta) - cumulant + theta * epsilon;
  }

  private static ComposedLoss of(
      List<LossDistribution> steps,
      List<Integer> counts,
      double h,
      Tilt tilt,
      BiFunction<List<Spectrum.Term>, Integer, Spectrum.Sum> spectrum) {
    double theta = tilt.theta();
    double origin = 0;
    double tails = 0;
    long total = 0;
    for (int i = 0; i < steps.size(); i++) {
      origin += counts.get(i) * steps.get(i).origin();
      tails += counts.get(i) * steps.get(i).tail();
      total += counts.get(i);
    }
    long start = (long) Math.floor((tilt.low() - origin) / h);
    double dots = Math.ceil((tilt.high() - origin) / h) - start + 1;
    if (!(dots <= MOST_DOTS)) {
      throw new ArithmeticException("a window of %s dots is out of range".formatted(dots));
    }
    int n = 4096;
    while (n < dots) {
      n *= 2;
    }
    double low = origin + start * h;
    double base = Tilt.cumulant(steps, counts, theta);
    double outside = tilt.outside(steps, counts, low, low + n * h);
    List<Spectrum.Term> terms = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      LossDistribution step = steps.get(i);
      terms.add(
          new Spectrum.Term(
              step.tilted(theta), (int) Math.floorMod(step.first(), (long) n), counts.get(i)));
    }
    Spectrum.Sum sum = spectrum.apply(terms, n);
    double[] tilted = new double[n];
    for (int i = 0; i < n; i++) {
      tilted[i] = sum.masses()[Math.floorMod(start + i, n)];
    }
    return new ComposedLoss(
        h, theta, base, low, tilted, outside + sum.error(), sum.error(), tails, total * RELATIVE);
  }

  /** An ε that is enough for δ, when the steps bound the loss from above. */
  double upper(double delta) {
    return Math.max(0, solve((delta - tails) * Math.exp(-relative), 1));
  }

  /** An ε that is not enough for δ, or 0, when the steps bound the loss from below. */
  double lower(double delta) {
    return Math.max(0, solve(delta * Math.exp(relative), -1));
  }

  /**
   * A δ that is enough for each ε, when the steps bound the loss from above. The same sums as in
   * {@link #upper}, read at given ε; 1 where they leave the range of double.
   *
   * @param epsilons rising
   */
  double[] deltas(double[] epsilons) {
    double[] deltas = new double[epsilons.length];
    double p = 0;
    double r = 0;
    double pFall = Math.exp(-theta * h);
    double rFall = Math.exp(-(theta + 1) * h);
    int next = epsilons.length - 1;
    for (int i = tilted.length - 1; i >= 0; i--) {
      double l = low + i * h;
      p *= pFall;
      r *= rFall;
      while (next >= 0 && (epsilons[next] >= l || i == 0)) {
        double at = delta(p, r, epsilons[next] - l, 1) * Math.exp(cumulant - theta * l);
        double bound = at * Math.exp(relative) + tails;
        deltas[next--] = bound <= 1 ? Math.max(0, bound) : 1;
      }
      p += tilted[i];
      r += tilted[i];
    }
    return deltas;
  }

  /**
   * The ε in the window where δ̃(ε) ± slack falls to δ: from above for sign 1, from below for −1,
   * and with no slack for 0.
   *
   * <p>Both sums are kept relative to the dot at hand, in units of e^(K − θl): they shrink from dot
   * to dot, so no window is wide enough to overflow them. Where δ̃ is at most δ on the whole
   * window, its low end is an upper bound and nothing is known below it.
   *
   * @throws ArithmeticException when a sum leaves the range of double
   */
  private double solve(double delta, int sign) {
    double p = 0;
    double r = 0;
    double pFall = Math.exp(-theta * h);
    double rFall = Math.exp(-(theta + 1) * h);
    for (int i = tilted.length - 1; i >= 0; i--) {
      double l = low + i * h;
      // P-mass and Q-mass above l; ε in [l, l + h], before the dot at l joins them.
      p *= pFall;
      r *= rFall;
      double target = Math.exp(Math.log(delta) - cumulant + theta * l);
      double at = delta(p, r, 0, sign);
      boolean last = i == tilted.length - 1;
      if (last && at > target && target > 0) {
        // Only the slack is up here, and it falls off as e^(−θx).
        return l + Math.log(slack / target) / theta;
      }
      if (Double.isNaN(at) || Double.isNaN(target) || (last && at > target)) {
        throw new ArithmeticException(
            "no bound on ε at δ = %s: the sums are out of range near %s".formatted(delta, l));
      }
      if (at > target) {
        double a = 0;
        double b = h;
        for (int k = 0; k < 50; k++) {
          double middle = (a + b) / 2;
          if (delta(p, r, middle, sign) > target) {
            a = middle;
          } else {
            b = middle;
          }
        }
        return l + (sign < 0 ? a : b);
      }
      p += tilted[i];
      r += tilted[i];
    }
    return sign < 0 ? Double.NEGATIVE_INFINITY : low;
  }

  /** δ̃ at ε = l + x; the last term bounds the rounding of the two sums. */
  private double delta(double p, double r, double x, int sign) {
    double q = Math.exp(x) * r;
    double rounding = tilted.length * Math.ulp(1.0) * (p + q);
    return p - q + sign * (slack * Math.exp(-theta * x) + rounding);
  }
}
