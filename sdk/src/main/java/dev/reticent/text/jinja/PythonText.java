package dev.reticent.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/** Python's {@code str} and {@code repr}. */
final class PythonText {
  private static final int DEEPEST = 200;
  private static final int LONGEST = 8 << 20;

  private PythonText() {}

  static String str(Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Markup markup) {
      return markup.text();
    }
    return value instanceof Undefined ? "" : repr(value);
  }

  static String repr(Object value) {
    StringBuilder text = new StringBuilder();
    write(text, value, 0);
    return text.toString();
  }

  private static void write(StringBuilder text, Object value, int depth) {
    if (depth > DEEPEST || text.length() > LONGEST) {
      throw TemplateException.limit(
          "a value is nested more than " + DEEPEST + " deep or prints too long");
    }
    if (value instanceof List<?> list) {
      joined(text, "[", list, "]", depth);
    } else if (value instanceof Tuple tuple) {
      joined(text, "(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")", depth);
    } else if (value instanceof DictView view) {
      joined(text, view.kind().typeName() + "([", view.items(), "])", depth);
    } else if (value instanceof Namespace namespace) {
      text.append("<Namespace ");
      write(text, namespace.attributes(), depth + 1);
      text.append('>');
    } else if (value instanceof Dict dict) {
      String between = "{";
      for (Dict.Entry entry : dict.entries()) {
        text.append(between);
        write(text, entry.key(), depth + 1);
        text.append(": ");
        write(text, entry.value(), depth + 1);
        between = ", ";
      }
      text.append(dict.size() == 0 ? "{}" : "}");
    } else {
      text.append(scalar(value));
    }
  }

  private static void joined(
      StringBuilder text, String open, List<?> items, String close, int depth) {
    String between = open;
    for (Object item : items) {
      text.append(between);
      write(text, item, depth + 1);
      between = ", ";
    }
    text.append(items.isEmpty() ? open : "").append(close);
  }

  private static String scalar(Object value) {
    if (value instanceof String text) {
      return quoted(text);
    }
    if (value instanceof Markup markup) {
      return "Markup(" + quoted(markup.text()) + ")";
    }
    if (value instanceof None) {
      return "None";
    }
    if (value instanceof Boolean bool) {
      return bool ? "True" : "False";
    }
    if (value instanceof Double number) {
      return decimal(number);
    }
    if (value instanceof Long || value instanceof BigInteger) {
      return value.toString();
    }
    if (value instanceof Undefined) {
      return "Undefined";
    }
    if (value instanceof Range range) {
      String ends = range.start() + ", " + range.stop();
      return "range(" + ends + (range.step() == 1 ? ")" : ", " + range.step() + ")");
    }
    if (value instanceof Macro macro) {
      return macro.name().isEmpty() ? "<Macro anonymous>" : "<Macro " + quoted(macro.name()) + ">";
    }
    if (value instanceof Loop loop) {
      return "<LoopContext " + loop.index() + "/" + loop.length() + ">";
    }
    throw TemplateException.unsupported(
        "printing a " + PythonType.name(value) + ", which Python prints with its address,");
  }

  /** A string literal, in double quotes where it holds single ones only. */
  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder result = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> result.append("\\n");
                case '\r' -> result.append("\\r");
                case '\t' -> result.append("\\t");
                case '\\' -> result.append("\\\\");
                default -> {
                  if (c == quote) {
                    result.append('\\').append(quote);
                  } else if (CodePoints.isPrintable(c)) {
                    result.appendCodePoint(c);
                  } else {
                    result.append(escape(c));
                  }
                }
              }
            });
    return result.append(quote).toString();
  }

  private static String escape(int c) {
    return c < 0x100
        ? String.format(Locale.ROOT, "\\x%02x", c)
        : c < 0x10000
            ? String.format(Locale.ROOT, "\\u%04x", c)
            : String.format(Locale.ROOT, "\\U%08x", c);
  }

  /** The shortest decimal that reads back as the same number, laid out as Python does. */
  static String decimal(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Math.abs(number));
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shortest.doubleValue() == Math.abs(number)) {
        break;
      }
    }
    String digits = shortest.unscaledValue().toString().replaceFirst("0+$", "");
    int exponent = shortest.precision() - shortest.scale() - 1;
    return (number < 0 ? "-" : "") + laidOut(digits, exponent);
  }

  private static String laidOut(String digits, int exponent) {
    if (exponent < -4 || exponent >= 16) {
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      String sign = exponent < 0 ? "-" : "+";
      return digits.charAt(0)
          + fraction
          + "e"
          + sign
          + String.format(Locale.ROOT, "%02d", Math.abs(exponent));
    }
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    if (digits.length() <= exponent + 1) {
      return digits + "0".repeat(exponent + 1 - digits.length()) + ".0";
    }
    return digits.substring(0, exponent + 1) + "." + digits.substring(exponent + 1);
  }
}
