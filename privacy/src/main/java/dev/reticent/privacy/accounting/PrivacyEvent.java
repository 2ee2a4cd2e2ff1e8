package dev.reticent.privacy.accounting;

/**
 * T releases of a clipped sum over sampled rows with Gaussian noise; a history is a list of these,
 * in any order.
 *
 * @param noiseMultiplier σ: the noise's standard deviation over the clip norm
 * @param steps T, not negative
 */
public record PrivacyEvent(Subsampling sampling, double noiseMultiplier, int steps) {

  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public PrivacyEvent {
    if (!(noiseMultiplier > 0) || Double.isInfinite(noiseMultiplier)) {
      throw new IllegalArgumentException(
          "noise multiplier must be positive and finite, got " + noiseMultiplier);
    }
    if (steps < 0) {
      throw new IllegalArgumentException("steps must not be negative, got steps " + steps);
    }
  }

  /** T steps of the Poisson-subsampled Gaussian. */
  public static PrivacyEvent poisson(double rate, double noiseMultiplier, int steps) {
    return new PrivacyEvent(new Subsampling.Poisson(rate), noiseMultiplier, steps);
  }

  /** Steps of this kind in another number. */
  public PrivacyEvent withSteps(int count) {
    return new PrivacyEvent(sampling, noiseMultiplier, count);
  }
}
