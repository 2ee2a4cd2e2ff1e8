package dev.reticent.privacy;

/** The only thing an optimizer accepts: a gradient that says what protects it. */
public sealed interface MeanGradient permits NoisyMean, UnprotectedMean {

  /** P coordinates; not to be changed. */
  float[] values();

  /**
   * The standard deviation of the noise in each coordinate, a public number; 0 where nothing
   * protects it.
   */
  double noiseDeviation();
}
