package dev.reticent.privacy;

/** The only thing an optimizer accepts: a gradient that says what protects it. */
public sealed interface MeanGradient permits NoisyMean, UnprotectedMean {

  /** P coordinates; not to be changed. */
  float[] values();
}
