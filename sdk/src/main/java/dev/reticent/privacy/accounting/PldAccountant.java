package dev.reticent.privacy.accounting;

/**
 * A bracket on ε of T steps of the Poisson-subsampled Gaussian, from its privacy loss distribution.
 *
 * <p>Upper bound: connect the dots, composed by FFT after an exponential tilt e^(θl) at the
 * Chernoff point, so that the tail that decides δ is computed to relative, not absolute, accuracy.
 * The mass beyond the FFT's window, the mass beyond the grid and the FFT's rounding are added to δ.
 * Lower bound: the rounding of T losses to the grid exceeds t with probability at most η
 * (Bernstein), so δ(ε) ≥ δ̃(ε + t) − η, where the same truncation masses are subtracted.
 *
 * <p>Not yet a proof: the FFT's rounding term is an estimate and the error of the quadrature is not
 * added, so recipes state ε by {@link RdpAccountant} until both are bounded.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class PldAccountant {
  private static final int COARSE = 1 << 14;
  private static final int LARGEST_FFT = 1 << 22;
  private static final int MOST_DOTS = 1 << 22;
  private static final double SHARE = 1e-6;

  private final double samplingRate;
  private final double noiseMultiplier;
  private final Adjacency adjacency;

  /**
   * @param samplingRate q in (0, 1]
   * @param noiseMultiplier σ, positive
   * @throws IllegalArgumentException for {@link Adjacency#ZERO_OUT}, which has no accountant here
   */
  public PldAccountant(double samplingRate, double noiseMultiplier, Adjacency adjacency) {
    if (!(samplingRate > 0 && samplingRate <= 1)) {
      throw new IllegalArgumentException("sampling rate must be in (0, 1], got " + samplingRate);
    }
    if (!(noiseMultiplier > 0) || Double.isInfinite(noiseMultiplier)) {
      throw new IllegalArgumentException(
          "noise multiplier must be positive and finite, got " + noiseMultiplier);
    }
    if (adjacency == Adjacency.ZERO_OUT) {
      throw new IllegalArgumentException(
          "the PLD accountant covers ADD_OR_REMOVE_ONE and REPLACE_ONE, got " + adjacency);
    }
    this.samplingRate = samplingRate;
    this.noiseMultiplier = noiseMultiplier;
    this.adjacency = adjacency;
  }

  /**
   * @param steps T, not negative
   * @param delta δ in (0, 1)
   */
  public EpsilonBracket epsilon(int steps, double delta) {
    if (steps < 0 || !(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException(
          "needs steps >= 0 and delta in (0, 1), got steps " + steps + ", delta " + delta);
    }
    if (steps == 0) {
      return new EpsilonBracket(0, 0);
    }
    if (adjacency == Adjacency.REPLACE_ONE) {
      return bracket(LossPair.REPLACE, steps, delta);
    }
    EpsilonBracket remove = bracket(LossPair.REMOVE, steps, delta);
    EpsilonBracket add = bracket(LossPair.ADD, steps, delta);
    return new EpsilonBracket(
        Math.max(remove.lower(), add.lower()), Math.max(remove.upper(), add.upper()));
  }

  private EpsilonBracket bracket(LossPair pair, int steps, double delta) {
    double q = samplingRate;
    double sigma = noiseMultiplier;
    double z = Math.sqrt(2 * Math.log(steps / (delta * SHARE)));
    double span = pair.loss(q, sigma, 1 + z * sigma) - pair.loss(q, sigma, -z * sigma);
    double scale = rootMeanSquare(pair, z);
    LossDistribution coarse =
        new LossDistribution(pair, q, sigma, z, Math.max(span / COARSE, 1e-12), scale);
    double theta = tilt(coarse, steps, delta);
    double[] window = window(coarse, theta, steps);
    double guess = Math.max(0, (steps * coarse.cumulant(theta) - Math.log(delta)) / theta);
    double tolerance = 4e-4 * guess;
    if (guess <= 50) {
      tolerance = 3e-4;
    }
    double logEta = -Math.log(delta * SHARE * 100);
    double h = Math.min(tolerance, tolerance / Math.sqrt(steps * logEta / 2));
    double width = window[1] - window[0];
    h = Math.max(Math.min(h, width / 4096), Math.max(width / LARGEST_FFT, span / MOST_DOTS));
    LossDistribution fine = new LossDistribution(pair, q, sigma, z, h, scale);
    return ComposedLoss.of(fine, steps, theta, window).bracket(delta, delta * SHARE * 100);
  }

  private double rootMeanSquare(LossPair pair, double z) {
    double q = samplingRate;
    double sigma = noiseMultiplier;
    double step = Math.min(sigma, sigma * sigma) / 8;
    double sum = 0;
    double total = 0;
    for (double x = -z * sigma; x < 1 + z * sigma; x += step) {
      double l = pair.loss(q, sigma, x);
      double p = pair.density(q, sigma, x);
      sum += p * l * l;
      total += p;
    }
    return Math.sqrt(sum / total);
  }

  /** The θ at which the Chernoff bound on ε, (T·K(θ) + log 1/δ)/θ, is smallest. */
  private static double tilt(LossDistribution loss, int steps, double delta) {
    double best = 1;
    double lowest = Double.POSITIVE_INFINITY;
    for (double theta = 1e-3; theta < 1e5; theta *= 1.15) {
      double bound = (steps * loss.cumulant(theta) - Math.log(delta)) / theta;
      if (bound < lowest) {
        lowest = bound;
        best = theta;
      }
    }
    return best;
  }

  /** Where all but about 1e-9 of the tilted sum lies, and the Chernoff exponents of both ends. */
  static double[] window(LossDistribution loss, double theta, int steps) {
    double base = loss.cumulant(theta);
    double[] found = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 1, 1};
    double need = 22;
    for (double lambda = 1e-3; lambda < 1e5; lambda *= 1.5) {
      double high = (steps * (loss.cumulant(theta + lambda) - base) + need) / lambda;
      double low = -(steps * (loss.cumulant(theta - lambda) - base) + need) / lambda;
      if (low > found[0]) {
        found[0] = low;
        found[2] = lambda;
      }
      if (high < found[1]) {
        found[1] = high;
        found[3] = lambda;
      }
    }
    return found;
  }

  /**
   * The smallest σ, within 1e-5 and rounded up, whose upper ε meets the target.
   *
   * @throws IllegalArgumentException when no multiplier up to 10000 is enough
   */
  public static double noiseMultiplier(
      double targetEpsilon, double delta, double samplingRate, int steps, Adjacency adjacency) {
    double low = 0.05;
    double high = 0.5;
    while (new PldAccountant(samplingRate, high, adjacency).epsilon(steps, delta).upper()
        > targetEpsilon) {
      low = high;
      high *= 2;
      if (high > 10_000) {
        throw new IllegalArgumentException(
            "no noise multiplier up to 10000 reaches ε = %s at δ = %s with sampling rate %s and %d steps; raise ε"
                .formatted(targetEpsilon, delta, samplingRate, steps));
      }
    }
    while (high - low > 1e-5) {
      double middle = (low + high) / 2;
      if (new PldAccountant(samplingRate, middle, adjacency).epsilon(steps, delta).upper()
          > targetEpsilon) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
