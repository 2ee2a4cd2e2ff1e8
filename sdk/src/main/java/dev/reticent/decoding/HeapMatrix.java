package dev.reticent.decoding;

import dev.reticent.engine.Engine;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A matrix [out, in] in Java's heap, column by column.
 *
 * @param columns [in][out]
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HeapMatrix(float[][] columns, int out) {

  /** Columns of which all rows of a step take their part while they are near the processor. */
  private static final int NEAR = 32;

  /** Weights from which on threads gain more than it takes them to meet. */
  private static final int SHARED = 1 << 19;

  /** Floats that no processor's vector goes beyond. */
  private static final int VECTOR = 16;

  /**
   * @param values [in, out], row-major
   */
  static HeapMatrix of(float[] values, int in) {
    int out = values.length / in;
    float[][] columns = new float[in][];
    for (int k = 0; k < in; k++) {
      columns[k] = Arrays.copyOfRange(values, k * out, (k + 1) * out);
    }
    return new HeapMatrix(columns, out);
  }

  /**
   * y[r] = W x[r] for each row: x [n][in], y [n][out]. Threads share the elements of y out, each of
   * which has the same bits for any number of them.
   */
  void multiply(float[][] x, float[][] y) {
    int threads = (long) columns.length * out < SHARED ? 1 : Engine.started().threads();
    if (threads == 1) {
      multiply(x, y, 0, out);
    } else {
      int share = (out / threads + VECTOR) / VECTOR * VECTOR;
      IntStream.range(0, threads)
          .parallel()
          .forEach(i -> multiply(x, y, Math.min(out, i * share), Math.min(out, (i + 1) * share)));
    }
  }

  private void multiply(float[][] x, float[][] y, int from, int to) {
    for (float[] row : y) {
      Arrays.fill(row, from, to, 0);
    }
    for (int k = 0; k < columns.length; k += NEAR) {
      int count = Math.min(NEAR, columns.length - k);
      for (int r = 0; r < x.length; r++) {
        Columns.add(columns, k, count, x[r], k, y[r], from, to);
      }
    }
  }

  /** The row of an embedding table that this is: element {@code id} of each column. */
  float[] row(int id) {
    float[] row = new float[columns.length];
    for (int k = 0; k < row.length; k++) {
      row[k] = columns[k][id];
    }
    return row;
  }
}
