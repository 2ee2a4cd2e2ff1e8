package dev.reticent.privacy.accounting;

/**
 * Rényi differential privacy of the Poisson-subsampled Gaussian mechanism.
 *
 * <p>One step at order α has RDP log A(α)/(α − 1), where A(α) = E[((1 − q) + q·e^((2z−1)/2σ²))^α]
 * over z from N(0, σ²) (Mironov, Talwar and Zhang 2019, section 3.3); it adds up over steps. The
 * expectation is an integral of an analytic function that falls off on both sides, so the
 * trapezoidal rule converges geometrically; it serves integer and fractional orders alike, and no
 * order is ever dropped. Conversion to (ε, δ) is that of Balle et al. 2020, theorem 21: ε = r +
 * log(1 − 1/α) − log(δα)/(α − 1), minimised over the order.
 *
 * <p>Adjacency: add or remove one. Immutable; safe for use by many threads.
 */
public final class RdpAccountant {

  private static final int ORDERS = 240;
  private static final double LOWEST = 1.005;
  private static final double HIGHEST = 1024;
  private static final int REFINEMENTS = 12;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final double samplingRate;
  private final double noiseMultiplier;
  private final double[] orders = new double[ORDERS];
  private final double[] perStep = new double[ORDERS];

  /**
   * @param samplingRate q in (0, 1]
   * @param noiseMultiplier σ, positive
   */
  public RdpAccountant(double samplingRate, double noiseMultiplier) {
    if (!(samplingRate > 0 && samplingRate <= 1)) {
      throw new IllegalArgumentException("sampling rate must be in (0, 1], got " + samplingRate);
    }
    if (!(noiseMultiplier > 0) || Double.isInfinite(noiseMultiplier)) {
      throw new IllegalArgumentException(
          "noise multiplier must be positive and finite, got " + noiseMultiplier);
    }
    this.samplingRate = samplingRate;
    this.noiseMultiplier = noiseMultiplier;
    for (int i = 0; i < ORDERS; i++) {
      // Even on the scale of log(α − 1), where the best order moves evenly with ε.
      double t = i / (ORDERS - 1.0);
      orders[i] = 1 + (LOWEST - 1) * Math.pow((HIGHEST - 1) / (LOWEST - 1), t);
      perStep[i] = rdp(orders[i]);
    }
  }

  /** RDP of one step at order α, above 1. */
  public double rdp(double order) {
    return logMoment(samplingRate, noiseMultiplier, order) / (order - 1);
  }

  /**
   * An upper bound on ε after T steps, minimised over all orders in [1.005, 1024].
   *
   * @param steps T, not negative
   * @param delta δ in (0, 1)
   * @throws IllegalArgumentException when either is out of range
   */
  public double epsilon(int steps, double delta) {
    if (steps < 0 || !(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException(
          "needs steps >= 0 and delta in (0, 1), got steps " + steps + ", delta " + delta);
    }
    if (steps == 0) {
      return 0;
    }
    int best = 0;
    double lowest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < ORDERS; i++) {
      double epsilon = convert(orders[i], steps * perStep[i], delta);
      if (epsilon < lowest) {
        lowest = epsilon;
        best = i;
      }
    }
    // Any order gives a valid bound, so the search between its neighbours can only tighten it.
    double low = orders[Math.max(0, best - 1)];
    double high = orders[Math.min(ORDERS - 1, best + 1)];
    for (int i = 0; i < REFINEMENTS; i++) {
      double left = high - GOLDEN * (high - low);
      double right = low + GOLDEN * (high - low);
      double atLeft = convert(left, steps * rdp(left), delta);
      double atRight = convert(right, steps * rdp(right), delta);
      lowest = Math.min(lowest, Math.min(atLeft, atRight));
      if (atLeft < atRight) {
        high = right;
      } else {
        low = left;
      }
    }
    return Math.max(0, lowest);
  }

  private static double convert(double order, double rdp, double delta) {
    return rdp + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
  }

  /** log A(α). */
  static double logMoment(double q, double sigma, double order) {
    if (q == 1) {
      return order * (order - 1) / (2 * sigma * sigma);
    }
    double variance = sigma * sigma;
    // The integrand is analytic in a strip of half width πσ², its Gaussian factor has width σ.
    double h = Math.min(sigma / 4, variance / 2);
    double from = -13 * sigma;
    double to = order + 13 * sigma;
    int points = (int) Math.ceil((to - from) / h);
    double logRest = Math.log1p(-q);
    double logRate = Math.log(q);
    double peak = Double.NEGATIVE_INFINITY;
    double sum = 0;
    for (int i = 0; i <= points; i++) {
      double z = from + i * h;
      double a = logRate + (2 * z - 1) / (2 * variance);
      double larger = Math.max(a, logRest);
      double mixture = larger + Math.log1p(Math.exp(Math.min(a, logRest) - larger));
      double exponent = order * mixture - z * z / (2 * variance);
      if (exponent > peak) {
        sum = sum * Math.exp(peak - exponent) + 1;
        peak = exponent;
      } else {
        sum += Math.exp(exponent - peak);
      }
    }
    return Math.max(0, peak + Math.log(sum * h / (sigma * Math.sqrt(2 * Math.PI))));
  }

  /**
   * The smallest noise multiplier, within 1e-5 and rounded up, whose ε after T steps is at most the
   * target.
   *
   * @throws IllegalArgumentException when no multiplier up to 1000 is enough
   */
  public static double noiseMultiplier(
      double targetEpsilon, double delta, double samplingRate, int steps) {
    double high = 0.3;
    while (new RdpAccountant(samplingRate, high).epsilon(steps, delta) > targetEpsilon) {
      high *= 1.5;
      if (high > 1000) {
        throw new IllegalArgumentException(
            "no noise multiplier up to 1000 reaches ε = %s at δ = %s with sampling rate %s and %d steps"
                .formatted(targetEpsilon, delta, samplingRate, steps));
      }
    }
    double low = high == 0.3 ? 0.05 : high / 1.5;
    while (high - low > 1e-5) {
      double middle = (low + high) / 2;
      if (new RdpAccountant(samplingRate, middle).epsilon(steps, delta) > targetEpsilon) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
