package dev.reticent.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * How a value is laid out: what stands behind the colon of {@code {:>8.2f}} or between {@code %}
 * and its letter.
 *
 * @param align {@code <}, {@code >}, {@code ^} or {@code =}; empty for the type's own
 * @param sign {@code +}, {@code -} or a blank; what stands before numbers that are not negative
 * @param precision below 0 where none is given
 * @param type one letter, or empty
 */
record FormatSpec(
    String fill,
    String align,
    String sign,
    boolean alternate,
    int width,
    boolean grouped,
    int precision,
    String type) {
  private static final int WIDEST = 10_000;

  FormatSpec {
    if (width > WIDEST || precision > WIDEST) {
      throw TemplateException.limit("a format wider than " + WIDEST);
    }
  }

  String text(String value) {
    String kept =
        precision >= 0 && precision < CodePoints.length(value)
            ? CodePoints.slice(value, 0, precision)
            : value;
    return padded("", kept, align.isEmpty() ? "<" : align);
  }

  String integer(BigInteger value, int radix, String prefix) {
    String digits = value.abs().toString(radix);
    return number(value.signum() < 0, alternate ? prefix : "", digits);
  }

  /** A number with so many digits behind the point. */
  String fixed(double value, String suffix) {
    if (!Double.isFinite(value)) {
      return number(value < 0, "", Double.isNaN(value) ? "nan" : "inf");
    }
    int digits = precision < 0 ? 6 : precision;
    BigDecimal exact = new BigDecimal(Math.abs(value));
    String text = exact.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    return number(value < 0 || 1 / value < 0, "", text + suffix);
  }

  String number(boolean negative, String prefix, String digits) {
    String before = negative ? "-" : sign.equals("-") ? "" : sign;
    return padded(
        before + prefix, grouped ? grouped(digits) : digits, align.isEmpty() ? ">" : align);
  }

  private static String grouped(String digits) {
    int point = digits.indexOf('.');
    String whole = point < 0 ? digits : digits.substring(0, point);
    return String.format(Locale.ROOT, "%,d", new BigInteger(whole))
        + (point < 0 ? "" : digits.substring(point));
  }

  private String padded(String head, String text, String how) {
    int missing = Math.max(0, width - CodePoints.length(head + text));
    return switch (how) {
      case "<" -> head + text + fill.repeat(missing);
      case "^" -> fill.repeat(missing / 2) + head + text + fill.repeat(missing - missing / 2);
      case "=" -> head + fill.repeat(missing) + text;
      default -> fill.repeat(missing) + head + text;
    };
  }
}
