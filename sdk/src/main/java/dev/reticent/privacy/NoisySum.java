package dev.reticent.privacy;

/** A clipped sum after noise: what the ledger accounts for, free to be used in any way. */
public final class NoisySum {

  private final int step;
  private final double[] values;

  NoisySum(int step, double[] values) {
    this.step = step;
    this.values = values;
  }

  /** The step that was released. */
  public int step() {
    return step;
  }

  /**
   * Divides by a public number.
   *
   * @param expectedBatchSize the expected batch size of the config; never the size of a batch
   *     drawn, which is private
   */
  public NoisyMean mean(double expectedBatchSize) {
    if (!(expectedBatchSize > 0) || Double.isInfinite(expectedBatchSize)) {
      throw new IllegalArgumentException(
          "the expected batch size must be positive, got " + expectedBatchSize);
    }
    float[] mean = new float[values.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (values[i] / expectedBatchSize);
    }
    return new NoisyMean(mean);
  }
}
