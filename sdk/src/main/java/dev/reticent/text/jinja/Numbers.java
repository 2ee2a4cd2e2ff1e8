package dev.reticent.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Python's arithmetic: {@code int} is a Long, or a BigInteger beyond 64 bits; {@code float} a
 * Double; True counts as 1.
 */
final class Numbers {
  private static final int LARGEST_BITS = 10_000;
  private static final BigInteger EXACT_IN_DOUBLE = BigInteger.ONE.shiftLeft(53);

  private Numbers() {}

  static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
  }

  static boolean isNumber(Object value) {
    return isInteger(value) || value instanceof Double;
  }

  /** An integer with True as 1: a Long or a BigInteger. */
  static Object integer(Object value) {
    return value instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : value;
  }

  static BigInteger big(Object value) {
    Object integer = integer(value);
    return integer instanceof BigInteger big ? big : BigInteger.valueOf((Long) integer);
  }

  static Object narrow(BigInteger value) {
    if (value.bitLength() > LARGEST_BITS) {
      throw TemplateException.limit("an integer of more than " + LARGEST_BITS + " bits");
    }
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  /** A number without fraction as an int. */
  static Object wholeOf(double number) {
    return narrow(new BigDecimal(number).toBigInteger());
  }

  static double real(Object value) {
    if (value instanceof Double number) {
      return number;
    }
    double result = big(value).doubleValue();
    if (Double.isInfinite(result)) {
      throw TemplateException.failed("int too large to convert to float");
    }
    return result;
  }

  /** An index or a count that a method was given. */
  static long index(Object value, String where) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!isInteger(value)) {
      throw TemplateException.failed(
          where + ": expected an integer, got " + PythonType.name(value));
    }
    BigInteger big = big(value);
    return big.bitLength() < Long.SIZE
        ? big.longValue()
        : big.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  static int smallIndex(Object value, String where) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, index(value, where)));
  }

  static Object add(Object a, Object b) {
    if (a instanceof Long x && b instanceof Long y) {
      long sum = x + y;
      return ((x ^ sum) & (y ^ sum)) < 0 ? (Object) big(a).add(big(b)) : sum;
    }
    return bothIntegers(a, b) ? narrow(big(a).add(big(b))) : (Object) (real(a) + real(b));
  }

  static Object subtract(Object a, Object b) {
    return bothIntegers(a, b) ? narrow(big(a).subtract(big(b))) : (Object) (real(a) - real(b));
  }

  static Object multiply(Object a, Object b) {
    return bothIntegers(a, b) ? narrow(big(a).multiply(big(b))) : (Object) (real(a) * real(b));
  }

  static Object divide(Object a, Object b) {
    refuseZero(b);
    if (bothIntegers(a, b) && (inexact(a) || inexact(b))) {
      throw TemplateException.unsupported("a division of integers above 2**53");
    }
    return real(a) / real(b);
  }

  private static boolean inexact(Object integer) {
    return big(integer).abs().compareTo(EXACT_IN_DOUBLE) > 0;
  }

  static Object floorDivide(Object a, Object b) {
    refuseZero(b);
    if (bothIntegers(a, b)) {
      BigInteger[] parts = big(a).divideAndRemainder(big(b));
      boolean down = parts[1].signum() != 0 && parts[1].signum() != big(b).signum();
      return narrow(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
    }
    double x = real(a);
    double y = real(b);
    double quotient = (x - realModulo(x, y)) / y;
    double floor = Math.floor(quotient);
    return quotient == 0 ? Math.copySign(0.0, x / y) : quotient - floor > 0.5 ? floor + 1 : floor;
  }

  static Object modulo(Object a, Object b) {
    refuseZero(b);
    if (bothIntegers(a, b)) {
      BigInteger rest = big(a).mod(big(b).abs());
      return narrow(big(b).signum() < 0 && rest.signum() > 0 ? rest.add(big(b)) : rest);
    }
    return realModulo(real(a), real(b));
  }

  private static double realModulo(double x, double y) {
    double rest = x % y;
    if (rest == 0) {
      return Math.copySign(0.0, y);
    }
    return (rest < 0) != (y < 0) ? rest + y : rest;
  }

  static Object power(Object a, Object b) {
    if (bothIntegers(a, b) && big(b).signum() >= 0) {
      BigInteger base = big(a);
      if (base.bitLength() > 1 && (long) base.bitLength() * index(b, "**") > LARGEST_BITS) {
        throw TemplateException.limit("an integer of more than " + LARGEST_BITS + " bits");
      }
      return base.bitLength() > 1
          ? narrow(base.pow(big(b).intValueExact()))
          : narrow(base.pow(big(b).testBit(0) ? 1 : big(b).signum() == 0 ? 0 : 2));
    }
    double x = real(a);
    double y = real(b);
    if (x == 0 && y < 0) {
      throw TemplateException.failed("0.0 cannot be raised to a negative power");
    }
    double result = Math.pow(x, y);
    if (x < 0 && y != Math.rint(y)) {
      throw TemplateException.unsupported("a complex number");
    }
    if (Double.isInfinite(result) && !Double.isInfinite(x) && !Double.isInfinite(y)) {
      throw TemplateException.failed("the result of ** is too large");
    }
    return result;
  }

  static Object negate(Object value) {
    return isInteger(value) ? narrow(big(value).negate()) : (Object) (-real(value));
  }

  private static boolean bothIntegers(Object a, Object b) {
    return isInteger(a) && isInteger(b);
  }

  private static void refuseZero(Object divisor) {
    if (real(divisor) == 0) {
      throw TemplateException.failed("division by zero");
    }
  }

  /** Below 0, 0 or above, exactly, also between an int and a float; NaN must be kept away. */
  static int compare(Object a, Object b) {
    if (bothIntegers(a, b)) {
      return big(a).compareTo(big(b));
    }
    double x = a instanceof Double d ? d : 0;
    double y = b instanceof Double d ? d : 0;
    if (Double.isInfinite(x)
        || Double.isInfinite(y)
        || (a instanceof Double && b instanceof Double)) {
      return x == y ? 0 : x < y ? -1 : 1;
    }
    return exact(a).compareTo(exact(b));
  }

  private static BigDecimal exact(Object value) {
    return value instanceof Double number ? new BigDecimal(number) : new BigDecimal(big(value));
  }

  static boolean isNan(Object value) {
    return value instanceof Double number && number.isNaN();
  }
}
