package dev.reticent.sampling;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** Tokens in the order of their logits. */
final class LogitOrder {
  private LogitOrder() {}

  /** The chosen indices by descending value, the lowest index first among equals. */
  static int[] descending(float[] values, IntPredicate chosen) {
    long[] keys = new long[values.length];
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      if (chosen.test(i)) {
        keys[n++] = ((long) ~ascendingBits(values[i]) << 32) | i;
      }
    }
    Arrays.sort(keys, 0, n);
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /** Bits that compare as signed integers do where the floats compare; 0.0 and -0.0 are one. */
  private static int ascendingBits(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ ((bits >> 31) & 0x7fffffff);
  }
}
