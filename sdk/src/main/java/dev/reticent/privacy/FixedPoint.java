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

  /** 2^-36 of the clip norm: 2^26 clipped examples fit, whatever the noise. */
  static FixedPoint forClipNorm(double clipNorm) {
    return new FixedPoint(Math.getExponent(clipNorm) - 36);
  }

  long of(double value) {
    double scaled = Math.scalb(value, -exponent);
    if (!(Math.abs(scaled) < 0x1p62)) {
      throw new ArithmeticException("a sum left the range of its grid: " + value);
    }
    return Math.round(scaled);
  }

  double toDouble(long units) {
    return Math.scalb((double) units, exponent);
  }
}
