package dev.reticent.privacy;

/**
 * A power-of-two grid on which sums and noise live as 64-bit integers.
 *
 * <p>Integer addition is exact and associative: a sum is the same for any order of its parts and
 * any number of workers, and the released value is a rounding of (sum + noise), that is a
 * post-processing of the Gaussian mechanism (Mironov 2012 is why the grid must be public).
 *
 * @param exponent one unit is 2^exponent
 */
record FixedPoint(int exponent) {

  private static final int LARGEST = 900;

  FixedPoint {
    if (Math.abs(exponent) > LARGEST) {
      throw new IllegalArgumentException(
          "the clip norm must be between 2^-864 and 2^936, got one of about 2^" + (exponent + 36));
    }
  }

  /** 2^-36 of the clip norm: 2^26 clipped examples fit, whatever the noise. */
  static FixedPoint forClipNorm(double clipNorm) {
    return new FixedPoint(Math.getExponent(clipNorm) - 36);
  }

  /** The nearest grid point. */
  long of(double value) {
    double scaled = value * powerOfTwo(-exponent);
    if (!(Math.abs(scaled) < 0x1p62)) {
      throw new ArithmeticException("a sum left the range of its grid: " + value);
    }
    return (long) Math.rint(scaled);
  }

  /** How many units one is. */
  double unitsOfOne() {
    return powerOfTwo(-exponent);
  }

  double toDouble(long units) {
    return units * powerOfTwo(exponent);
  }

  /** 2^e, for a normal number's exponent: what Math.scalb(1.0, e) gives, many times faster. */
  private static double powerOfTwo(int e) {
    return Double.longBitsToDouble((1023L + e) << 52);
  }
}
