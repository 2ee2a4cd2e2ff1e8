package dev.reticent.privacy.accounting;

/**
 * e^x − 1 and log(1 + x), accurate near 0, by the exponential and logarithm that the compilers have
 * instructions for. {@link Math#expm1} and {@link Math#log1p} are calls out of Java up to JDK 20,
 * and accounting spent most of its time in them.
 *
 * <p>W. Kahan's forms: u = e^x is off by a rounding, but (u − 1) / log u is nearly that of the
 * exact e^x, since the same u is above and below; and so with u = 1 + x. A few units in the last
 * place.
 */
final class Elementary {

  /** Where five terms of a series are all that a double can hold. */
  private static final double TINY = 0x1p-10;

  private Elementary() {}

  static double expm1(double x) {
    if (Math.abs(x) < TINY) {
      return x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5))));
    }
    double u = Math.exp(x);
    return Math.abs(x) < 1 ? (u - 1) * (x / Math.log(u)) : u - 1;
  }

  static double log1p(double x) {
    if (Math.abs(x) < TINY) {
      return x * (1 - x * (1 / 2.0 - x * (1 / 3.0 - x * (1 / 4.0 - x * (1 / 5.0 - x / 6)))));
    }
    double u = 1 + x;
    return x < 1 ? Math.log(u) * (x / (u - 1)) : Math.log(u);
  }
}
