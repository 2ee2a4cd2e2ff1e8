package dev.reticent.decoding;

import java.util.Arrays;

/**
 * A matrix [out, in] in Java's heap, column by column.
 *
 * @param columns [in][out]
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HeapMatrix(float[][] columns, int out) {

  /** Columns of which all rows of a step take their part while they are near the processor. */
  private static final int NEAR = 32;

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

  /** y[r] = W x[r] for each row: x [n][in], y [n][out]. */
  void multiply(float[][] x, float[][] y) {
    for (float[] row : y) {
      Arrays.fill(row, 0, out, 0);
    }
    for (int k = 0; k < columns.length; k += NEAR) {
      int count = Math.min(NEAR, columns.length - k);
      for (int r = 0; r < x.length; r++) {
        Columns.add(columns, k, count, x[r], k, y[r], 0, out);
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
