package dev.reticent.text.jinja;

/** The escapes of Python's string literals. */
final class StringLiteral {
  private static final String SIMPLE = "\\'\"abfnrtv\n";
  private static final String[] MEANS = {
    "\\", "'", "\"", "\u0007", "\b", "\f", "\n", "\r", "\t", "\u000b", ""
  };
  private static final String HEX = "xuU";
  private static final int[] DIGITS = {2, 4, 8};

  private StringLiteral() {}

  static String unescape(String literal, int line) {
    if (literal.indexOf('\\') < 0) {
      return literal;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < literal.length(); ) {
      char c = literal.charAt(i++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char code = literal.charAt(i++);
      if (SIMPLE.indexOf(code) >= 0) {
        text.append(MEANS[SIMPLE.indexOf(code)]);
      } else if (HEX.indexOf(code) >= 0) {
        int digits = DIGITS[HEX.indexOf(code)];
        text.appendCodePoint(number(literal, i, digits, line));
        i += digits;
      } else if (code >= '0' && code <= '7') {
        int end = i;
        while (end < literal.length()
            && end < i + 2
            && "01234567".indexOf(literal.charAt(end)) >= 0) {
          end++;
        }
        text.appendCodePoint(Integer.parseInt(literal.substring(i - 1, end), 8));
        i = end;
      } else if (code == 'N') {
        throw TemplateException.unsupported("\\N{…} in a string").at(line);
      } else {
        text.append('\\').append(code);
      }
    }
    return text.toString();
  }

  private static int number(String literal, int start, int digits, int line) {
    int value = 0;
    for (int i = start; i < start + digits; i++) {
      int digit = i < literal.length() ? Character.digit(literal.charAt(i), 16) : -1;
      if (digit < 0 || value >= 0x1000000) {
        throw TemplateException.syntax(line, "a string with an incomplete escape");
      }
      value = value * 16 + digit;
    }
    if (!Character.isValidCodePoint(value)) {
      throw TemplateException.syntax(line, "a string with an escape beyond U+10FFFF");
    }
    if (value >= 0xD800 && value < 0xE000) {
      throw TemplateException.unsupported("half a surrogate pair in a string").at(line);
    }
    return value;
  }
}
