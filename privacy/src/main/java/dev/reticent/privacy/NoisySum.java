package dev.reticent.privacy;

import java.util.Optional;

/** A clipped sum after noise: what the ledger accounts for, free to be used in any way. */
final class NoisySum {

  private final FixedPoint grid;
  private long[] units;
  private final PrivateCurve curve;
  private final double deviation;
  private final double clipNorm;

  /**
   * @param units of the grid: nothing off the public grid can be released
   */
  NoisySum(FixedPoint grid, long[] units, PrivateCurve curve, double deviation, double clipNorm) {
    this.grid = grid;
    this.units = units;
    this.curve = curve;
    this.deviation = deviation;
    this.clipNorm = clipNorm;
  }

  /** Divides by a public number. */
  NoisyMean mean(double expectedBatchSize) {
    return mean(expectedBatchSize, new float[units.length - curve.coordinates()]);
  }

  /**
   * As {@link #mean(double)}.
   *
   * @param mean P values, which are overwritten and belong to the result
   */
  NoisyMean mean(double expectedBatchSize, float[] mean) {
    if (mean.length != units.length - curve.coordinates()) {
      throw new IllegalArgumentException(
          "the mean has %d values, got room for %d"
              .formatted(units.length - curve.coordinates(), mean.length));
    }
    double divisor = expectedBatchSize * curve.gradientShare();
    Blocks.inParallel(
        mean.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            mean[i] = (float) (grid.toDouble(units[i]) / divisor);
          }
        });
    return new NoisyMean(mean, deviation / divisor);
  }

  /** The estimates that rode along with the gradients; they cost no ε beyond the step's own. */
  Optional<PrivateCurve.Estimate> estimate(double expectedBatchSize) {
    if (curve.coordinates() == 0) {
      return Optional.empty();
    }
    double[] noised = new double[curve.coordinates()];
    for (int i = 0; i < noised.length; i++) {
      noised[i] = grid.toDouble(units[units.length - noised.length + i]);
    }
    return Optional.of(curve.estimate(noised, clipNorm, deviation, expectedBatchSize));
  }

  /** Says that nothing more will be asked. */
  void done() {
    Spare.ARRAYS.giveBack(units);
    units = new long[0];
  }
}
