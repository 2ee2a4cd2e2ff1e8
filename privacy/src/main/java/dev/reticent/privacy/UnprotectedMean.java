package dev.reticent.privacy;

/** A gradient without any privacy protection, for training with {@code privacy.enabled: false}. */
public final class UnprotectedMean implements MeanGradient {

  private final float[] values;

  private UnprotectedMean(float[] values) {
    this.values = values;
  }

  /** Declares a plain mean of gradients fit for an optimizer; the model then leaks what it will. */
  public static UnprotectedMean of(float[] values) {
    return new UnprotectedMean(values);
  }

  @Override
  public float[] values() {
    return values;
  }

  @Override
  public double noiseDeviation() {
    return 0;
  }
}
