package dev.reticent.privacy.accounting;

/** Tail probabilities of a binomial count, to relative accuracy. */
final class Binomial {
  private Binomial() {}

  /** P(Bin(n, p) ≥ k), summed from the larger end of the tail outwards, p in (0, 1]. */
  static double atLeast(int k, int n, double p) {
    if (k <= 0) {
      return 1;
    }
    if (k > n) {
      return 0;
    }
    if (p == 1) {
      return 1;
    }
    if (k < n * p) {
      // The other tail is the shorter one.
      return 1 - atLeast(n - k + 1, n, 1 - p);
    }
    double term = Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
    double sum = 0;
    for (int i = k; i <= n && term > sum * 1e-18; i++) {
      sum += term;
      term *= (double) (n - i) / (i + 1) * (p / (1 - p));
    }
    return Math.min(1, sum);
  }

  /** log of n over k, as a sum of logarithms: relative error about n·2⁻⁵³. */
  static double logChoose(int n, int k) {
    double log = 0;
    for (int i = 1; i <= Math.min(k, n - k); i++) {
      log += Math.log((double) (n - Math.min(k, n - k) + i) / i);
    }
    return log;
  }
}
