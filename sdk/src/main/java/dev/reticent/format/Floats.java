package dev.reticent.format;

/**
 * Conversions between single precision and the two 16-bit floating-point formats.
 *
 * <p>Widening is exact. Narrowing rounds to nearest, ties to even, keeps infinities, turns what is
 * too large into infinity and every NaN into a quiet NaN.
 */
public final class Floats {
  private Floats() {}

  /** IEEE 754 binary16 bits to float. */
  public static float fromHalf(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) { // zero and subnormals: fraction · 2^−24
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }

  /** Float to IEEE 754 binary16 bits. */
  public static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x477ff000) { // 65520 and more round to infinity
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) { // below 2^−14: a multiple of 2^−24
      return (short) (sign | (int) Math.rint(Math.abs((double) value) * 0x1p24));
    }
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return (short) (sign | (rounded - (112 << 23)) >>> 13);
  }

  /** bfloat16 bits to float. */
  public static float fromBfloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** Float to bfloat16 bits. */
  public static short toBfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > 0x7f800000) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** The value of an 8-bit number of four bits of exponent (bias 7) and three of mantissa. */
  public static float fromE4m3(byte bits) {
    int exponent = (bits >> 3) & 15;
    int mantissa = bits & 7;
    if (exponent == 15 && mantissa == 7) {
      return Float.NaN;
    }
    float size =
        exponent == 0
            ? mantissa * 0x1p-9f
            : (float) Math.scalb((double) (8 + mantissa), exponent - 10);
    return bits < 0 ? -size : size;
  }
}
