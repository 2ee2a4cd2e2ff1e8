package dev.reticent.privacy;

/** Lets tests of other packages make gradients as if they had been released. */
public final class NoisyMeans {

  private NoisyMeans() {}

  public static NoisyMean of(float[] values, double noiseDeviation) {
    return new NoisyMean(values, noiseDeviation);
  }
}
