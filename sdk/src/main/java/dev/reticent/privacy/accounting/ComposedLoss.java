package dev.reticent.privacy.accounting;

/** The T-fold sum of a step's loss, tilted by e^(θl), with everything that bounds its error. */
final class ComposedLoss {
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
    Fft.forward(re, im);
    for (int i = 0; i < n; i++) {
      double power = Math.exp(steps * 0.5 * Math.log(re[i] * re[i] + im[i] * im[i]));
      double angle = steps * Math.atan2(im[i], re[i]);
      re[i] = power * Math.cos(angle);
      im[i] = power * Math.sin(angle);
    }
    Fft.inverse(re, im);
    double[] tilted = new double[n];
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double m = re[Math.floorMod(start + i, n)] / n;
      squares += m * m;
      tilted[i] = Math.max(0, m);
    }
    // L1 ≤ √n·L2; each Fourier coefficient errs by some ulps times log n, which the power makes T.
    double rounding =
        steps
            * 4
            * Math.ulp(1.0)
            * (Integer.numberOfTrailingZeros(n) + 4.0)
            * Math.sqrt(squares * n);
    return new ComposedLoss(
        step, steps, theta, steps * base, start * step.h, tilted, outside + rounding);
  }

  EpsilonBracket bracket(double delta, double eta) {
    double cut = steps * step.tail;
    double upper = solve(delta - cut, 1);
    double spread = Math.log(1 / eta);
    double variance = steps * step.errorVariance;
    double w = step.widest;
    // Bernstein: t² = 2·(T·v + w·t/3)·log 1/η.
    double t = w * spread / 3 + Math.sqrt(w * w * spread * spread / 9 + 2 * variance * spread);
    t = Math.min(t, steps * w);
    double drift = steps * w * w / 8;
    double lower = solve(delta + eta + 2 * cut, -1) - t - drift;
    return new EpsilonBracket(Math.max(0, Math.min(lower, upper)), Math.max(0, upper));
  }

  /** The ε in the window where δ̃(ε) ± slack falls to δ. */
  private double solve(double delta, int sign) {
    double h = step.h;
    double reference = low + h * tilted.length / 2;
    // Suffix sums of P-mass and of Q-mass, both in units of e^(K − θ·reference).
    double p = 0;
    double r = 0;
    double logUnit = cumulant - theta * reference;
    double target = Math.exp(Math.log(delta) - logUnit);
    for (int i = tilted.length - 1; i >= 0; i--) {
      double l = low + i * h;
      // ε in [l, l + h], before the dot at l joins the sums.
      double at = delta(p, r, l, reference, sign);
      if (at > target) {
        if (p == 0) {
          // Only the slack is above this dot, and it falls off as e^(−θε).
          return reference + Math.log(slack / target) / theta;
        }
        double a = l;
        double b = l + h;
        for (int k = 0; k < 50; k++) {
          double middle = (a + b) / 2;
          if (delta(p, r, middle, reference, sign) > target) {
            a = middle;
          } else {
            b = middle;
          }
        }
        return sign > 0 ? b : a;
      }
      double m = tilted[i] * Math.exp(-theta * (l - reference));
      p += m;
      r += m * Math.exp(-(l - reference));
    }
    // Never above δ in the window: its foot is still an upper bound, but no lower one.
    return sign > 0 ? low : Double.NEGATIVE_INFINITY;
  }

  private double delta(double p, double r, double epsilon, double reference, int sign) {
    return p
        - Math.exp(epsilon - reference) * r
        + sign * slack * Math.exp(-theta * (epsilon - reference));
  }
}
