package dev.reticent.weights;

import java.util.Arrays;

/**
 * The signed 8-bit dynamic tree code (Dettmers 2016) in which NF4 keeps its block scales.
 *
 * <p>For e = 0 … 6 there are 2^e positive and as many negative values: 10^(e−6) times the centres
 * of 2^e equal parts of [0.1, 1]; and 0, and 1. Small values are coded finely, large ones evenly.
 */
final class DynamicCode {
  static final float[] VALUES = values();
  private static final float[] MIDPOINTS = midpoints();

  private static final int CELLS = 4096;

  /** The lowest index in each of 4096 equal cells of [−1, 1]; most cells have one or two. */
  private static final short[] LOWEST = lowest();

  private DynamicCode() {}

  /** The index of the value nearest to x, which lies within [−1, 1]. */
  static int encode(float x) {
    int at = LOWEST[Math.min((int) ((x + 1) * (CELLS / 2)), CELLS - 1)];
    while (at < MIDPOINTS.length && MIDPOINTS[at] < x) {
      at++;
    }
    return at;
  }

  private static float[] values() {
    float[] values = new float[256];
    int n = 0;
    for (int e = 0; e < 7; e++) {
      int parts = 1 << e;
      float magnitude = (float) Math.pow(10, e - 6);
      for (int i = 0; i < parts; i++) {
        float value = magnitude * ((edge(i, parts) + edge(i + 1, parts)) / 2);
        values[n++] = value;
        values[n++] = -value;
      }
    }
    values[n++] = 0;
    values[n++] = 1;
    Arrays.sort(values);
    return values;
  }

  /** Edge i of [0.1, 1] cut into equal parts, rounded as the original does, from both ends. */
  private static float edge(int i, int parts) {
    float step = (1f - 0.1f) / parts;
    return i < (parts + 1) / 2 ? Math.fma(step, i, 0.1f) : Math.fma(-step, parts - i, 1f);
  }

  private static float[] midpoints() {
    float[] midpoints = new float[VALUES.length - 1];
    for (int i = 0; i < midpoints.length; i++) {
      midpoints[i] = (VALUES[i] + VALUES[i + 1]) / 2;
    }
    return midpoints;
  }

  private static short[] lowest() {
    short[] lowest = new short[CELLS];
    for (int cell = 0; cell < CELLS; cell++) {
      double edge = 2.0 * cell / CELLS - 1 - 1e-6; // an x at the edge may round into the next cell
      while (lowest[cell] < MIDPOINTS.length && MIDPOINTS[lowest[cell]] < edge) {
        lowest[cell]++;
      }
    }
    return lowest;
  }
}
