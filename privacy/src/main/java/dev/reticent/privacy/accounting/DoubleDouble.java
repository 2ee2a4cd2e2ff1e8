package dev.reticent.privacy.accounting;

/**
 * A number as the unevaluated sum of two doubles, some 31 digits.
 *
 * <p>Sums err by at most 3·2⁻¹⁰⁶ of the result, products by 5·2⁻¹⁰⁶ (Joldes, Muller and Popescu
 * 2017, "Tight and rigorous error bounds for basic building blocks of double-word arithmetic",
 * algorithms 6 and 12).
 *
 * @param hi the double nearest to the number
 * @param lo what is left of it
 */
record DoubleDouble(double hi, double lo) {
  static final DoubleDouble ZERO = new DoubleDouble(0, 0);
  static final DoubleDouble ONE = new DoubleDouble(1, 0);
  static final DoubleDouble PI = new DoubleDouble(0x1.921fb54442d18p1, 0x1.1a62633145c07p-53);

  static DoubleDouble of(double value) {
    return new DoubleDouble(value, 0);
  }

  DoubleDouble plus(DoubleDouble other) {
    double sum = hi + other.hi;
    double error = error(hi, other.hi, sum);
    double low = lo + other.lo;
    double lowError = error(lo, other.lo, low);
    DoubleDouble first = normal(sum, error + low);
    return normal(first.hi, lowError + first.lo);
  }

  DoubleDouble minus(DoubleDouble other) {
    return plus(other.negated());
  }

  DoubleDouble negated() {
    return new DoubleDouble(-hi, -lo);
  }

  DoubleDouble halved() {
    return new DoubleDouble(hi / 2, lo / 2);
  }

  DoubleDouble times(DoubleDouble other) {
    double product = hi * other.hi;
    double error = Math.fma(hi, other.hi, -product);
    return normal(product, error + Math.fma(lo, other.hi, hi * other.lo));
  }

  /** This number divided by a double that is a whole number. */
  DoubleDouble over(double divisor) {
    double first = hi / divisor;
    DoubleDouble rest = minus(of(first).times(of(divisor)));
    return normal(first, rest.hi / divisor);
  }

  /** The rounding error of a sum of any two doubles. */
  private static double error(double a, double b, double sum) {
    double part = sum - a;
    return (a - (sum - part)) + (b - part);
  }

  /** The pair of a sum whose second part is the smaller one. */
  private static DoubleDouble normal(double large, double small) {
    double sum = large + small;
    return new DoubleDouble(sum, small - (sum - large));
  }
}
