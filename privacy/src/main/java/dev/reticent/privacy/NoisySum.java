package dev.reticent.privacy;

/** A clipped sum after noise: what the ledger accounts for, free to be used in any way. */
public final class NoisySum {

  private final int step;
  private final FixedPoint grid;
  private final long[] units;
  private final PrivateCurve curve;
  private final double deviation;
  private final double clipNorm;

  /**
   * @param units of the grid: nothing off the public grid can be released
   */
  NoisySum(
      int step,
      FixedPoint grid,
      long[] units,
      PrivateCurve curve,
      double deviation,
      double clipNorm) {
    this.step = step;
    this.grid = grid;
    this.units = units;
    this.curve = curve;
    this.deviation = deviation;
    this.clipNorm = clipNorm;
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
    checkPublicSize(expectedBatchSize);
    float[] mean = new float[units.length - curve.coordinates()];
    double divisor = expectedBatchSize * curve.gradientShare();
    Blocks.inParallel(
        mean.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            mean[i] = (float) (grid.toDouble(units[i]) / divisor);
          }
        });
    return new NoisyMean(mean);
  }

  /**
   * The estimates that rode along with the gradients; they cost no ε beyond the step's own.
   *
   * @param expectedBatchSize as for {@link #mean}
   * @throws IllegalStateException when the batch was summed without a {@link PrivateCurve}
   */
  public PrivateCurve.Estimate estimate(double expectedBatchSize) {
    checkPublicSize(expectedBatchSize);
    if (curve.coordinates() == 0) {
      throw new IllegalStateException("no private curve was asked for at step " + step);
    }
    int at = units.length - curve.coordinates();
    return curve.estimate(
        grid.toDouble(units[at]),
        grid.toDouble(units[at + 1]),
        clipNorm,
        deviation,
        expectedBatchSize);
  }

  private static void checkPublicSize(double expectedBatchSize) {
    if (!(expectedBatchSize > 0) || Double.isInfinite(expectedBatchSize)) {
      throw new IllegalArgumentException(
          "the expected batch size must be positive, got " + expectedBatchSize);
    }
  }
}
