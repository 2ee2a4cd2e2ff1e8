package dev.reticent.privacy.accounting;

/**
 * An upper bound on the Rényi moments where the noise is so small that quadrature would need
 * millions of points: there the two Gaussians of a step hardly overlap, and each has a closed form.
 *
 * <p>For Q = N(0, σ²), P = (1 − q)·Q + q·N(1, σ²) and r = N(1, σ²)/Q let x₀ be where u = q·r/(1 −
 * q) is 1. Since (1 + u)^α is convex in u, it is at most 1 + (2^α − 1)·u for u in [0, 1]; below x₀
 * that bounds ((1 − q) + q·r)^α, and above x₀ so does the same with 1/u. All four expectations
 * under Q are tails of Gaussians, by E_Q[r^β; A] = e^(β(β−1)/2σ²)·P(N(β, σ²) ∈ A). The terms with
 * 2^α are of size e^(−1/8σ²), so for σ below {@link #LARGEST} the bound is the moment to all digits
 * near α = 1.
 */
final class TinyNoise {
  /** Above this σ quadrature is fast. */
  static final double LARGEST = 0.05;

  private final double rate;
  private final double variance;
  private final double sigma;
  private final boolean replace;

  /**
   * @param rate q in (0, 1]
   * @param sigma σ over the distance that a row moves the sum
   * @param replace whether a row is replaced; else it is added or removed
   */
  TinyNoise(double rate, double sigma, boolean replace) {
    this.rate = rate;
    this.sigma = sigma;
    this.variance = sigma * sigma;
    this.replace = replace;
  }

  /**
   * A bound on log(A(α) − 1), α above 1.
   *
   * <p>Replacing a row, Q = (1 − q)·N(0, σ²) + q·N(−1, σ²) is at least (1 − q)·N(0, σ²), and
   * Q^(1−α) falls in Q; so the moment is at most (1 − q)^(1−α) times that of removing a row, whose
   * moments are above those of adding one (Mironov, Talwar and Zhang 2019, theorem 5).
   */
  double logExcess(double order) {
    double moment = logMoment(order);
    return moment > 40 ? moment : Math.log(Elementary.expm1(moment));
  }

  private double logMoment(double order) {
    double beyond = order - 1;
    if (rate == 1) {
      return order * beyond / 2 * (replace ? 4 : 1) / variance;
    }
    double logRest = Elementary.log1p(-rate);
    double lift = Math.log(rate) * beyond + order * beyond / (2 * variance);
    double middle = 0.5 + variance * (logRest - Math.log(rate));
    double twos = order * Math.log(2);
    double logOdds = Math.log(rate) - logRest;
    // log of (1 − q)^α·(2^α − 1)·q/(1 − q)·P(N(1, σ²) < x₀) and of its mirror image above x₀.
    double below = order * logRest + twos + logOdds + logTail((1 - middle) / sigma);
    double above =
        order * Math.log(rate)
            + twos
            - logOdds
            + beyond * (beyond - 1) / (2 * variance)
            + logTail((middle - beyond) / sigma);
    double largest = Math.max(lift, Math.max(below, above));
    double log;
    if (largest > 600) {
      log = logSum(logSum(Math.log(rate) + lift, below), above);
      log = logSum(log, order * logRest);
    } else {
      // (1 − q)^α + q^α·e^… − 1 with its digits: the two weights have a sum of 1.
      double excess =
          (1 - rate) * Elementary.expm1(beyond * logRest) + rate * Elementary.expm1(lift);
      log = Elementary.log1p(excess + Math.exp(below) + Math.exp(above));
    }
    return replace ? log - beyond * logRest : log;
  }

  private static double logSum(double a, double b) {
    double larger = Math.max(a, b);
    return larger + Elementary.log1p(Math.exp(Math.min(a, b) - larger));
  }

  /** An upper bound on log P(Z > x), close to it in the tail: e^(−x²/2) above 0, else 1. */
  private static double logTail(double x) {
    return x > 0 ? -x * x / 2 : 0;
  }
}
