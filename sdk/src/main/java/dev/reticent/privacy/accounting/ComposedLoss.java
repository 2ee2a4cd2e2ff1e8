package dev.reticent.privacy.accounting;

/** The T-fold sum of a step's loss, tilted by e^(θl), with everything that bounds its error. */
final class ComposedLoss {
  /** Bounds the relative error of a step's masses: quadrature, density and tilt. */
  private static final double RELATIVE = 1e-11;

  private final LossDistribution step;
  private final int steps;
  private final double theta;

  /** log E[e^(θL)] of the sum. */
  private final double cumulant;

  private final double low;
  private final double[] tilted;

  /** Bounds the tilted mass that is outside the window or due to rounding. */
  private final double slack;

  private ComposedLoss(
      LossDistribution step,
      int steps,
      double theta,
      double cumulant,
      double low,
      double[] tilted,
      double slack) {
    this.step = step;
    this.steps = steps;
    this.theta = theta;
    this.cumulant = cumulant;
    this.low = low;
    this.tilted = tilted;
    this.slack = slack;
  }

  static ComposedLoss of(LossDistribution step, int steps, double theta, double[] window) {
    long start = (long) Math.floor(window[0] / step.h);
    int n = 4096;
    while ((long) n < (long) Math.ceil(window[1] / step.h) - start + 1) {
      n *= 2;
    }
    double end = (start + n) * step.h;
    double base = step.cumulant(theta);
    // Chernoff on the very distribution that is composed, at exponents found on a coarse one.
    double outside =
        Math.exp(steps * (step.cumulant(theta - window[2]) - base) + window[2] * start * step.h)
            + Math.exp(steps * (step.cumulant(theta + window[3]) - base) - window[3] * end);
    double[] re = new double[n];
    double[] im = new double[n];
    for (int i = 0; i < step.mass.length; i++) {
      if (step.mass[i] > 0) {
        re[Math.floorMod(step.first + i, n)] +=
            step.mass[i] * Math.exp(theta * (step.first + i) * step.h - base);
      }
    }
    double norm = norm(re);
    Fft.forward(re, im);
    for (int i = 0; i < n; i++) {
      double power = Math.exp(steps * 0.5 * Math.log(re[i] * re[i] + im[i] * im[i]));
      double angle = steps * Math.atan2(im[i], re[i]);
      re[i] = power * Math.cos(angle);
      im[i] = power * Math.sin(angle);
    }
    Fft.inverse(re, im);
    double[] tilted = new double[n];
    for (int i = 0; i < n; i++) {
      tilted[i] = Math.max(0, re[Math.floorMod(start + i, n)] / n);
    }
    // In the L2 norm a transform errs by at most 9·u·log2 n of its input (Higham 2002, theorem
    // 24.2, twiddles within 2u), the power of a coefficient of modulus at most 1 by T times its
    // error and 8·u·T for the angle. L1 ≤ √n·L2; u = 2⁻⁵³.
    double log = 9.0 * Integer.numberOfTrailingZeros(n);
    double u = Math.ulp(1.0) / 2;
    double rounding = Math.sqrt(n) * u * ((steps * (log + 8)) * norm + log * norm(tilted));
    return new ComposedLoss(
        step, steps, theta, steps * base, start * step.h, tilted, outside + rounding);
  }

  private static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  /** An ε that is enough for δ, when the step bounds the loss from above. */
  double upper(double delta) {
    return Math.max(0, solve((delta - steps * step.tail) * Math.exp(-steps * RELATIVE), 1));
  }

  /** An ε that is not enough for δ, or 0, when the step bounds the loss from below. */
  double lower(double delta) {
    double found = solve(delta * Math.exp(steps * RELATIVE), -1) + steps * step.shift;
    return Math.max(0, found);
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
    double h = step.h;
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
            "no bound on ε at δ = %s after %d steps: the sums are out of range near %s"
                .formatted(delta, steps, l));
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
