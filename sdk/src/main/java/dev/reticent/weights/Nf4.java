package dev.reticent.weights;

import dev.reticent.api.Internal;
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
    int blocks = parts(weights.length, BLOCK);
    float[] scales = new float[blocks];
    byte[] packed = new byte[(weights.length + 1) / 2];
    IntStream.range(0, parts(blocks, GROUP))
        .parallel()
        .forEach(
            group -> {
              int end = Math.min(blocks, (group + 1) * GROUP);
              for (int b = group * GROUP; b < end; b++) {
                scales[b] = quantizeBlock(weights, b * BLOCK, packed);
              }
            });
    return withScales(rows, columns, packed, scales);
  }

  private static float quantizeBlock(float[] weights, int from, byte[] packed) {
    int to = Math.min(from + BLOCK, weights.length);
    float largest = 0;
    for (int i = from; i < to; i++) {
      float magnitude = Math.abs(weights[i]);
      if (!(magnitude <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException("weight " + i + " is not finite: " + weights[i]);
      }
      largest = Math.max(largest, magnitude);
    }
    float inverse = 1 / Math.max(largest, 1e-38f);
    for (int i = from; i < to; i += 2) {
      int first = code(weights[i] * inverse);
      int second = i + 1 < to ? code(weights[i + 1] * inverse) : 0;
      packed[i / 2] = (byte) (first << 4 | second);
    }
    return largest;
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
    for (int group = 0; group < absmax2.length; group++) {
      int end = Math.min(scales.length, (group + 1) * GROUP);
      float largest = 0;
      for (int b = group * GROUP; b < end; b++) {
        largest = Math.max(largest, Math.abs(scales[b] - offset));
      }
      for (int b = group * GROUP; b < end; b++) {
        codes[b] = (byte) DynamicCode.encode((scales[b] - offset) / Math.max(largest, 1e-38f));
      }
      absmax2[group] = largest;
    }
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
