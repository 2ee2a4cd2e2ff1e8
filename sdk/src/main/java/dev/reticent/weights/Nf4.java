package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.format.StoredTensor;
import java.util.stream.IntStream;

/**
 * 4-bit NormalFloat with double quantization (Dettmers et al. 2023, QLoRA, section 3, appendix E).
 *
 * <p>The 16 values are quantiles of a standard normal variable, scaled to [−1, 1] and made
 * asymmetric so that 0 is one of them. A block of 64 weights is divided by its largest magnitude
 * and each is coded by the nearest value. The scales, less their mean, are coded again in 8 bits,
 * by groups of 256. Cost: 4 + 8/64 + 32/(64·256) ≈ 4.127 bits a weight.
 *
 * <p>A weight is off by at most 0.152 of its block's scale, plus the error of that scale.
 */
@Internal
public final class Nf4 {
  /** Weights that share a scale. */
  public static final int BLOCK = 64;

  /** Scales that share a scale. */
  public static final int GROUP = 256;

  /** Weights that one core quantizes one after the other. */
  private static final int AT_ONCE = 1 << 18;

  /** Those of them that are in fp32 at a time. */
  private static final int NEAR = 1 << 14;

  @SuppressWarnings("FloatingPointLiteralPrecision") // the digits as published
  private static final float[] VALUES = {
    -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f,
    -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f,
    0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
    0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f
  };

  /** Bounds between neighboring values; one more, never exceeded, behind the last. */
  private static final float[] BOUNDS = bounds();

  private static final int CELLS = 1024;

  /** The lowest code in each of 1024 equal cells of [−1, 1]; a cell holds at most one bound. */
  private static final byte[] LOWEST = lowest();

  private Nf4() {}

  /** The 16 values of the code, ascending. */
  public static float[] values() {
    return VALUES.clone();
  }

  /** The 256 values of the code of the block scales, ascending. */
  public static float[] scaleValues() {
    return DynamicCode.VALUES.clone();
  }

  /**
   * Quantizes a matrix [rows, columns], row-major.
   *
   * @throws IllegalArgumentException if a weight is not finite
   */
  public static QuantizedMatrix quantize(float[] weights, int rows, int columns) {
    if (weights.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "expected " + rows + " x " + columns + " weights, found " + weights.length);
    }
    return quantize(
        (from, into, count) -> System.arraycopy(weights, from, into, 0, count), rows, columns);
  }

  /**
   * Quantizes a matrix [rows, columns], row-major, on all cores: each has 2^14 of its weights in
   * fp32 at a time, which stay near it.
   *
   * @throws IllegalArgumentException if a weight is not finite
   */
  static QuantizedMatrix quantize(StoredTensor.Values weights, int rows, int columns) {
    int count = Math.multiplyExact(rows, columns);
    float[] scales = new float[parts(count, BLOCK)];
    byte[] packed = new byte[parts(count, 2)];
    IntStream.range(0, parts(count, AT_ONCE))
        .parallel()
        .forEach(
            part -> {
              int end = Math.min(count, (part + 1) * AT_ONCE);
              float[] some = new float[NEAR];
              for (int from = part * AT_ONCE; from < end; from += NEAR) {
                int n = Math.min(NEAR, end - from);
                weights.read(from, some, n);
                for (int start = 0; start < n; start += BLOCK) {
                  int stop = Math.min(start + BLOCK, n);
                  scales[(from + start) / BLOCK] = quantizeBlock(some, start, stop, packed, from);
                }
              }
            });
    return withScales(rows, columns, packed, scales);
  }

  /**
   * @param before how many weights of the matrix come before these
   */
  private static float quantizeBlock(
      float[] weights, int start, int end, byte[] packed, int before) {
    int bits = 0; // of the largest magnitude: magnitudes have the order of their bits
    for (int i = start; i < end; i++) {
      bits = Math.max(bits, Float.floatToRawIntBits(weights[i]) & Integer.MAX_VALUE);
    }
    float largest = Float.intBitsToFloat(bits);
    if (!(largest <= Float.MAX_VALUE)) {
      throw notFinite(weights, start, before);
    }
    float inverse = 1 / Math.max(largest, 1e-38f);
    for (int i = start; i < end; i += 2) {
      int first = code(weights[i] * inverse);
      int second = i + 1 < end ? code(weights[i + 1] * inverse) : 0;
      packed[(before + i) / 2] = (byte) (first << 4 | second);
    }
    return largest;
  }

  private static IllegalArgumentException notFinite(float[] weights, int start, int before) {
    int i = start;
    while (Float.isFinite(weights[i])) {
      i++;
    }
    return new IllegalArgumentException("weight " + (before + i) + " is not finite: " + weights[i]);
  }

  private static int code(float x) {
    int cell = Math.min((int) ((x + 1) * (CELLS / 2)), CELLS - 1);
    int lowest = LOWEST[cell];
    return x > BOUNDS[lowest] ? lowest + 1 : lowest;
  }

  private static QuantizedMatrix withScales(int rows, int columns, byte[] packed, float[] scales) {
    double sum = 0;
    for (float scale : scales) {
      sum += scale;
    }
    float offset = scales.length == 0 ? 0 : (float) (sum / scales.length);
    byte[] codes = new byte[scales.length];
    float[] absmax2 = new float[parts(scales.length, GROUP)];
    IntStream.range(0, absmax2.length)
        .parallel()
        .forEach(
            group -> {
              int start = group * GROUP;
              int end = Math.min(scales.length, start + GROUP);
              float largest = 0;
              for (int b = start; b < end; b++) {
                largest = Math.max(largest, Math.abs(scales[b] - offset));
              }
              for (int b = start; b < end; b++) {
                codes[b] =
                    (byte) DynamicCode.encode((scales[b] - offset) / Math.max(largest, 1e-38f));
              }
              absmax2[group] = largest;
            });
    return new QuantizedMatrix(rows, columns, packed, codes, absmax2, offset);
  }

  /** The weights a quantized matrix stands for, row-major. */
  public static float[] dequantize(QuantizedMatrix matrix) {
    float[] weights = new float[Math.multiplyExact(matrix.rows(), matrix.columns())];
    for (int from = 0; from < weights.length; from += BLOCK) {
      float scale = scale(matrix, from / BLOCK);
      int to = Math.min(from + BLOCK, weights.length);
      for (int i = from; i < to; i++) {
        int pair = matrix.packed()[i / 2];
        weights[i] = VALUES[(i % 2 == 0 ? pair >> 4 : pair) & 15] * scale;
      }
    }
    return weights;
  }

  private static float scale(QuantizedMatrix matrix, int block) {
    return DynamicCode.VALUES[matrix.absmaxCodes()[block] & 255] * matrix.absmax2()[block / GROUP]
        + matrix.offset();
  }

  private static int parts(int count, int size) {
    return (count + size - 1) / size;
  }

  private static float[] bounds() {
    float[] bounds = new float[VALUES.length];
    for (int i = 0; i + 1 < VALUES.length; i++) {
      bounds[i] = (VALUES[i] + VALUES[i + 1]) / 2;
    }
    bounds[VALUES.length - 1] = Float.POSITIVE_INFINITY;
    return bounds;
  }

  private static byte[] lowest() {
    byte[] lowest = new byte[CELLS];
    for (int cell = 0; cell < CELLS; cell++) {
      double edge = 2.0 * cell / CELLS - 1 - 1e-6; // an x at the edge may round into the next cell
      while (BOUNDS[lowest[cell]] < edge) {
        lowest[cell]++;
      }
    }
    return lowest;
  }
}
