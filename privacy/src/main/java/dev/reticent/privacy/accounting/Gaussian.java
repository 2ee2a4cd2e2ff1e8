package dev.reticent.privacy.accounting;

/** The Gaussian mechanism in closed form (Balle and Wang 2018, theorem 8). */
final class Gaussian {
  /** Far above the error of the two tails, of the subtraction and of the search. */
  private static final double RELATIVE = 1e-11;

  private Gaussian() {}

  /** ε of one release at distance μ standard deviations. */
  static EpsilonBracket epsilon(double mu, double delta) {
    double low = 0;
    double high = mu * (mu / 2 + 1);
    if (delta(mu, 0) <= delta) {
      return new EpsilonBracket(0, 0);
    }
    while (delta(mu, high) > delta) {
      low = high;
      high *= 2;
    }
    for (int i = 0; i < 200 && high - low > Math.ulp(high); i++) {
      double middle = (low + high) / 2;
      if (delta(mu, middle) > delta) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new EpsilonBracket(
        Math.max(0, low - RELATIVE * (1 + low)), high + RELATIVE * (1 + high));
  }

  /**
   * δ(ε) = Φ(μ/2 − ε/μ) − e^ε·Φ(−μ/2 − ε/μ): with a = ε/μ − μ/2 and b = a + μ, both tails are
   * e^(−a²/2) times a scaled one, and the difference keeps its digits.
   */
  static double delta(double mu, double epsilon) {
    double a = epsilon / mu - mu / 2;
    if (a < -5) {
      return tail(a) - Math.exp(epsilon - (a + mu) * (a + mu) / 2) * scaled(a + mu);
    }
    return Math.exp(-a * a / 2) * (scaled(a) - scaled(a + mu));
  }

  /** A δ that is enough at ε for one release at distance μ. */
  static double upperDelta(double mu, double epsilon) {
    return Math.min(1, Math.max(0, delta(mu, epsilon)) * (1 + RELATIVE) + Double.MIN_NORMAL);
  }

  /** P(Z > x) of a standard normal Z. */
  static double tail(double x) {
    return x < 0 ? 1 - tail(-x) : Math.exp(-x * x / 2) * scaled(x);
  }

  /**
   * e^(x²/2)·P(Z > x): by the tail's series below 3 and Laplace's continued fraction above
   * (Abramowitz and Stegun 26.2.11 and 26.2.14).
   */
  private static double scaled(double x) {
    if (x < 3) {
      double term = x;
      double sum = x;
      for (int k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
        term *= x * x / (2 * k + 1);
        sum += term;
      }
      return Math.exp(x * x / 2) / 2 - sum / Math.sqrt(2 * Math.PI);
    }
    double fraction = 0;
    for (int k = 300; k >= 1; k--) {
      fraction = k / (x + fraction);
    }
    return 1 / ((x + fraction) * Math.sqrt(2 * Math.PI));
  }
}
