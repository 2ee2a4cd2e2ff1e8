package dev.reticent.privacy;

/**
 * The standard normal distribution function, by its series around 0: Φ(x) = ½ + φ(x)(x + x³/3 +
 * x⁵/15 + …).
 */
final class Normal {

  private Normal() {}

  static double cdf(double x) {
    if (Math.abs(x) > 8) {
      return x < 0 ? 0 : 1;
    }
    double term = x;
    double sum = x;
    for (int i = 3; Math.abs(term) > 1e-17; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
