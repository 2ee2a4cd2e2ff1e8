package dev.reticent.training;

import java.io.Serializable;
import java.lang.ref.SoftReference;

/**
 * A sum of gradients on a grid of 2⁻⁵⁰, so that it has the same bits in whatever order
 * micro-batches are added, by any number of threads or machines. A coordinate that leaves ±2¹², or
 * is not finite, is NaN from then on, as a diverging run's is. Thread-safe.
 */
final class PlainSum implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Units of the grid in 1. */
  static final double UNITS_OF_ONE = 0x1p50;

  /** The largest sum in units. */
  static final long LARGEST = 1L << 62;

  /** What stands for a coordinate that left the grid. */
  static final long LOST = -Long.MAX_VALUE;

  /** The array of a sum that is done with. */
  private static SoftReference<long[]> spare = new SoftReference<>(new long[0]);

  private long[] sum;

  PlainSum(int dimension) {
    this(new long[dimension]);
  }

  /**
   * @param sum in units of the grid; owned from here on
   */
  PlainSum(long[] sum) {
    this.sum = sum;
  }

  /** An array for a sum, with anything in it: the last step's, as a new one takes a while. */
  static long[] room(int dimension) {
    synchronized (PlainSum.class) {
      long[] found = spare.get();
      spare = new SoftReference<>(new long[0]);
      return found != null && found.length == dimension ? found : new long[dimension];
    }
  }

  /** Says that nothing more will be asked of it. */
  synchronized void done() {
    synchronized (PlainSum.class) {
      spare = new SoftReference<>(sum);
      sum = new long[0];
    }
  }

  synchronized void add(float[] gradient) {
    Slices.each(
        sum.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            double scaled = gradient[i] * UNITS_OF_ONE;
            sum[i] = plus(sum[i], Math.abs(scaled) <= LARGEST ? (long) Math.rint(scaled) : LOST);
          }
        });
  }

  /** Adds another part of the sum to this one. */
  synchronized PlainSum plus(PlainSum more) {
    Slices.each(
        sum.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            sum[i] = plus(sum[i], more.sum[i]);
          }
        });
    return this;
  }

  private static long plus(long a, long b) {
    if (a == LOST || b == LOST || Math.abs(a + b) > LARGEST) {
      return LOST; // neither is above 2^62, so a + b does not overflow
    }
    return a + b;
  }

  /** Fills an array [P] with what it is divided by the size of the batch. */
  synchronized void mean(int batchSize, float[] mean) {
    Slices.each(
        sum.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            mean[i] =
                sum[i] == LOST ? Float.NaN : (float) (sum[i] * (1 / UNITS_OF_ONE) / batchSize);
          }
        });
  }
}
