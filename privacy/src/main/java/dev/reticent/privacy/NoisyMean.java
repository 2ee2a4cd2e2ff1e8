package dev.reticent.privacy;

/** A released gradient. Only {@link PrivateStep#release} makes one. */
public final class NoisyMean implements MeanGradient {

  private final float[] values;
  private final double noiseDeviation;

  NoisyMean(float[] values, double noiseDeviation) {
    this.values = values;
    this.noiseDeviation = noiseDeviation;
  }

  @Override
  public float[] values() {
    return values;
  }

  @Override
  public double noiseDeviation() {
    return noiseDeviation;
  }
}
