package dev.reticent.privacy;

/**
 * T compositions of the Gaussian mechanism on Poisson samples: the one record that feeds both the
 * sampler and the accountant, so that the two cannot disagree.
 *
 * <p>At each step every privacy unit is in the batch with probability q, independently; the sum of
 * the clipped gradients (L2 norm at most C each) gets Gaussian noise of standard deviation σC
 * (Abadi et al. 2016, algorithm 1).
 *
 * @param samplingRate q, in (0, 1]
 * @param noiseMultiplier σ, above 0
 * @param steps T, at least 1
 */
public record SubsampledGaussian(double samplingRate, double noiseMultiplier, int steps) {

  public SubsampledGaussian {
    if (!(samplingRate > 0 && samplingRate <= 1)) {
      throw new IllegalArgumentException("sampling rate must be in (0, 1], got " + samplingRate);
    }
    if (!(noiseMultiplier > 0) || Double.isInfinite(noiseMultiplier)) {
      throw new IllegalArgumentException(
          "noise multiplier must be positive and finite, got " + noiseMultiplier);
    }
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1, got " + steps);
    }
  }
}
