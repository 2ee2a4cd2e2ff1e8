package dev.reticent.text.jinja;

/** Strings as Python counts them, in code points, and what Python says of single ones. */
final class CodePoints {
  private CodePoints() {}

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The part from one code point to another, both within the text. */
  static String slice(String text, int from, int to) {
    int start = text.offsetByCodePoints(0, from);
    return text.substring(start, text.offsetByCodePoints(start, to - from));
  }

  static String of(int codePoint) {
    return Character.toString(codePoint);
  }

  /** The place of a char index, counted in code points. */
  static long count(String text, int index) {
    return text.codePointCount(0, index);
  }

  /** {@code str.isspace} of one code point. */
  static boolean isSpace(int c) {
    return (c >= 0x9 && c <= 0xD)
        || (c >= 0x1C && c <= 0x1F)
        || c == 0x85
        || Character.getType(c) == Character.SPACE_SEPARATOR
        || c == 0x2028
        || c == 0x2029;
  }

  /** Whether {@code str.splitlines} ends a line here. */
  static boolean endsLine(int c) {
    return (c >= 0xA && c <= 0xD)
        || (c >= 0x1C && c <= 0x1E)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** Whether {@code repr} shows it as it is. */
  static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  /** A letter, digit or underscore: the regular expression {@code \w}. */
  static boolean isWord(int c) {
    return c == '_' || Character.isLetter(c) || isNumeric(c);
  }

  static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }
}
