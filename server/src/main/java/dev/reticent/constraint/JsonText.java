package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** JSON without blanks, each value spelled in one way. */
final class JsonText {
  private JsonText() {}

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String write(JsonNode value, boolean asciiOnly) {
    StringBuilder out = new StringBuilder();
    write(value, asciiOnly, out);
    return out.toString();
  }

  private static void write(JsonNode value, boolean asciiOnly, StringBuilder out) {
    if (value.isTextual()) {
      out.append(quote(value.textValue(), asciiOnly));
    } else if (value.isArray()) {
      out.append('[');
      for (int i = 0; i < value.size(); i++) {
        out.append(i == 0 ? "" : ",");
        write(value.get(i), asciiOnly, out);
      }
      out.append(']');
    } else if (value.isObject()) {
      String comma = "";
      out.append('{');
      for (var member : value.properties()) {
        out.append(comma).append(quote(member.getKey(), asciiOnly)).append(':');
        write(member.getValue(), asciiOnly, out);
        comma = ",";
      }
      out.append('}');
    } else {
      out.append(value); // null, true, false and numbers
    }
  }

  /**
   * A text that is the same for values that JSON Schema takes for equal: numbers by value, objects
   * without order.
   */
  static String canonical(JsonNode value) {
    if (value.isNumber()) {
      BigDecimal number = value.decimalValue();
      return number.signum() == 0 ? "0" : number.stripTrailingZeros().toString();
    }
    if (value.isArray()) {
      StringJoiner items = new StringJoiner(",", "[", "]");
      value.forEach(item -> items.add(canonical(item)));
      return items.toString();
    }
    if (value.isObject()) {
      Map<String, String> members = new TreeMap<>();
      value
          .properties()
          .forEach(
              member -> members.put(quote(member.getKey(), false), canonical(member.getValue())));
      return members.toString();
    }
    return value.isTextual() ? quote(value.textValue(), false) : value.toString();
  }

  /** A string without its quotes. */
  static byte[] body(String text) {
    String quoted = quote(text, false);
    return utf8(quoted.substring(1, quoted.length() - 1));
  }

  /** A name after its first quote. */
  static byte[] closed(String text) {
    return utf8(quote(text, false).substring(1));
  }

  static String quote(String text, boolean asciiOnly) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (asciiOnly && c >= 0x80) {
                Character.toString(c).chars().forEach(unit -> out.append(unicode(unit)));
              } else {
                out.append(character(c));
              }
            });
    return out.append('"').toString();
  }

  /** The spelling of one character inside quotes. */
  static String character(int c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> c < 0x20 ? unicode(c) : Character.toString(c);
    };
  }

  private static String unicode(int unit) {
    return "\\u" + Integer.toHexString(0x10000 | unit).substring(1);
  }
}
