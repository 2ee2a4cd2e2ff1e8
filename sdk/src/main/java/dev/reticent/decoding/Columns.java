package dev.reticent.decoding;

/**
 * Sums of columns, the one product that decoding in the heap is made of: of matrices with tokens,
 * of queries with keys, of shares with values.
 *
 * <p>Each column is an array of its own, so that the JVM's compiler sees that nothing overlaps and
 * adds with vectors. The order of additions follows from the number of columns alone: an element
 * has the same bits whether it is computed by vectors or one at a time, and with whatever others.
 */
final class Columns {

  private Columns() {}

  /**
   * y[j] += Σ x[xAt + k] · columns[at + k][j], over k from 0 to count and j from {@code from} to
   * {@code to}: four columns at a time, then those left over.
   */
  static void add(
      float[][] columns, int at, int count, float[] x, int xAt, float[] y, int from, int to) {
    int k = 0;
    for (; k + 4 <= count; k += 4) {
      int c = at + k;
      int i = xAt + k;
      four(
          columns[c],
          columns[c + 1],
          columns[c + 2],
          columns[c + 3],
          x[i],
          x[i + 1],
          x[i + 2],
          x[i + 3],
          y,
          from,
          to);
    }
    for (; k < count; k++) {
      one(columns[at + k], x[xAt + k], y, from, to);
    }
  }

  private static void four(
      float[] a,
      float[] b,
      float[] c,
      float[] d,
      float s,
      float t,
      float u,
      float v,
      float[] y,
      int from,
      int to) {
    for (int j = from; j < to; j++) {
      y[j] = y[j] + (s * a[j] + t * b[j] + u * c[j] + v * d[j]);
    }
  }

  private static void one(float[] a, float s, float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] = y[j] + s * a[j];
    }
  }
}
