package dev.reticent.text.jinja;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/** Python's {@code int(…)} and {@code float(…)}: empty where they raise an error. */
final class NumberText {
  private static final Pattern REAL =
      Pattern.compile(
          "[+-]?(?:(?:\\d(?:_?\\d)*)?\\.?(?:\\d(?:_?\\d)*)?(?:[eE][+-]?\\d(?:_?\\d)*)?"
              + "|(?i:inf|infinity|nan))");
  private static final Pattern DIGITS = Pattern.compile("[+-]?[0-9a-zA-Z](?:_?[0-9a-zA-Z])*");
  private static final int MOST_DIGITS = 4300;

  private NumberText() {}

  static Optional<Double> real(Object value) {
    if (Numbers.isNumber(value)) {
      return Optional.of(Numbers.real(value));
    }
    if (!PythonType.isText(value)) {
      return Optional.empty();
    }
    String text = Stripping.strip(PythonText.str(value), None.NONE, true, true);
    boolean digits = text.chars().anyMatch(c -> c >= '0' && c <= '9');
    boolean starts = !text.matches("[+-]?\\.?[eE].*");
    if (!REAL.matcher(text).matches() || (!digits && !text.matches("(?i)[+-]?[in].*")) || !starts) {
      return Optional.empty();
    }
    String plain = text.replace("_", "").toLowerCase(java.util.Locale.ROOT);
    if (plain.contains("n")) {
      return Optional.of(
          plain.contains("nan")
              ? Double.NaN
              : plain.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return Optional.of(Double.parseDouble(plain));
  }

  static Optional<Object> whole(Object value, int base) {
    if (Numbers.isInteger(value)) {
      return Optional.of(Numbers.integer(value));
    }
    if (value instanceof Double number) {
      return Double.isFinite(number) ? Optional.of(Numbers.wholeOf(number)) : Optional.empty();
    }
    if (!PythonType.isText(value)) {
      return Optional.empty();
    }
    String text = Stripping.strip(PythonText.str(value), None.NONE, true, true);
    if (base != 10 && base != 2 && base != 8 && base != 16) {
      throw TemplateException.unsupported("int with base " + base);
    }
    boolean negative = text.startsWith("-");
    String digits = withoutPrefix(text.replaceFirst("^[+-]", ""), base);
    if (!DIGITS.matcher(text).matches() || digits.isEmpty() || digits.length() > MOST_DIGITS) {
      return Optional.empty();
    }
    try {
      BigInteger magnitude = new BigInteger(digits.replace("_", ""), base);
      return Optional.of(Numbers.narrow(negative ? magnitude.negate() : magnitude));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String withoutPrefix(String digits, int base) {
    String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "none";
    return digits.regionMatches(true, 0, prefix, 0, 2) ? digits.substring(2) : digits;
  }
}
