package dev.reticent.privacy;

/** A released gradient. Only {@link PrivateStep#release} makes one. */
public final class NoisyMean implements MeanGradient {

  private final float[] values;

  NoisyMean(float[] values) {
    this.values = values;
  }

  @Override
  public float[] values() {
    return values;
  }
}
