package dev.reticent.privacy.accounting;

import java.util.List;

/** The sum of a history's losses, tilted by e^(θl), with everything that bounds its error. */
final class ComposedLoss {
  /** Bounds the relative error of a step's masses: quadrature, density and tilt. */
  private static final double RELATIVE = 1e-11;

  /** Half a unit in the last place of 1. */
  private static final double ROUNDOFF = 0x1p-53;

  private final double h;
  private final double theta;

  /** log E[e^(θL)] of the sum. */
  private final double cumulant;

  private final double low;
  private final double[] tilted;

  /** Bounds the tilted mass that is outside the window or due to rounding. */
  private final double slack;

  private final double tails;
  private final double relative;

  private ComposedLoss(
      double h,
      double theta,
      double cumulant,
      double low,
      double[] tilted,
      double slack,
      double tails,
      double relative) {
    this.h = h;
    this.theta = theta;
    this.cumulant = cumulant;
    this.low = low;
    this.tilted = tilted;
    this.slack = slack;
    this.tails = tails;
    this.relative = relative;
  }

  static ComposedLoss of(List<LossDistribution> steps, List<Integer> counts, Grid grid) {
    double h = grid.h();
    double theta = grid.theta();
    double origin = 0;
    double tails = 0;
    long total = 0;
    for (int i = 0; i < steps.size(); i++) {
      origin += counts.get(i) * steps.get(i).origin();
      tails += counts.get(i) * steps.get(i).tail();
      total += counts.get(i);
    }
    long start = (long) Math.floor((grid.low() - origin) / h);
    int n = 4096;
    while ((long) n < (long) Math.ceil((grid.high() - origin) / h) - start + 1) {
      n *= 2;
    }
    double low = origin + start * h;
    double base = Grid.cumulant(steps, counts, theta);
    // Chernoff on the very distributions that are composed, at exponents found on coarse ones.
    double outside =
        Math.exp(Grid.cumulant(steps, counts, theta - grid.below()) - base + grid.below() * low)
            + Math.exp(
                Grid.cumulant(steps, counts, theta + grid.above())
                    - base
                    - grid.above() * (low + n * h));
    double[] re = new double[n];
    double[] im = new double[n];
    double log = 9.0 * Integer.numberOfTrailingZeros(n);
    double rounding = 0;
    double[] power = new double[n];
    double[] angle = new double[n];
    for (int s = 0; s < steps.size(); s++) {
      double norm = place(steps.get(s), theta, re, im);
      int count = counts.get(s);
      Fft.forward(re, im);
      for (int i = 0; i < n; i++) {
        power[i] += count * 0.5 * Math.log(re[i] * re[i] + im[i] * im[i]);
        angle[i] += count * Math.atan2(im[i], re[i]);
      }
      rounding += count * (log + 8) * norm;
    }
    for (int i = 0; i < n; i++) {
      double modulus = Math.exp(power[i]);
      re[i] = modulus * Math.cos(angle[i]);
      im[i] = modulus * Math.sin(angle[i]);
    }
    Fft.inverse(re, im);
    double[] tilted = new double[n];
    for (int i = 0; i < n; i++) {
      tilted[i] = Math.max(0, re[Math.floorMod(start + i, n)] / n);
    }
    // In the L2 norm a transform errs by at most 9·u·log2 n of its input (Higham 2002, theorem
    // 24.2, twiddles within 2u), the power of a coefficient of modulus at most 1 by T times its
    // error and 8·u·T for the angle. L1 ≤ √n·L2; u = 2⁻⁵³.
    double slack = outside + Math.sqrt(n) * ROUNDOFF * (rounding + log * norm(tilted));
    return new ComposedLoss(h, theta, base, low, tilted, slack, tails, total * RELATIVE);
  }

  /** Puts a step's tilted masses on the circle; their L2 norm. */
  private static double place(LossDistribution step, double theta, double[] re, double[] im) {
    java.util.Arrays.fill(re, 0);
    java.util.Arrays.fill(im, 0);
    double base = step.cumulant(theta);
    double[] mass = step.mass();
    for (int i = 0; i < mass.length; i++) {
      if (mass[i] > 0) {
        re[Math.floorMod(step.first() + i, re.length)] +=
            mass[i] * Math.exp(theta * step.loss(i) - base);
      }
    }
    return norm(re);
  }

  private static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
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
   * The ε in the window where δ̃(ε) ± slack falls to δ: from above for sign 1, from below for −1.
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
        return l + (sign > 0 ? b : a);
      }
      p += tilted[i];
      r += tilted[i];
    }
    return sign > 0 ? low : Double.NEGATIVE_INFINITY;
  }

  /** δ̃ at ε = l + x; the last term bounds the rounding of the two sums. */
  private double delta(double p, double r, double x, int sign) {
    double q = Math.exp(x) * r;
    double rounding = tilted.length * Math.ulp(1.0) * (p + q);
    return p - q + sign * (slack * Math.exp(-theta * x) + rounding);
  }
}
