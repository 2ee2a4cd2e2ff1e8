package dev.reticent.text.jinja;

import java.util.Locale;

/** Python's capital and small letters where Java has no method of its own. */
final class PythonCase {
  private static final String BEFORE_WORDS = "-({[<";

  private PythonCase() {}

  /** The title case of one letter: one of several letters ends in small ones. */
  private static String title(String letter) {
    int c = letter.codePointAt(0);
    if (Character.toTitleCase(c) != c) {
      return CodePoints.of(Character.toTitleCase(c));
    }
    String upper = letter.toUpperCase(Locale.ROOT);
    boolean several = CodePoints.length(upper) > 1;
    return several
        ? CodePoints.slice(upper, 0, 1)
            + CodePoints.slice(upper, 1, CodePoints.length(upper)).toLowerCase(Locale.ROOT)
        : upper;
  }

  /** {@code str.capitalize}. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = Character.charCount(text.codePointAt(0));
    return title(text.substring(0, first)) + text.substring(first).toLowerCase(Locale.ROOT);
  }

  /** {@code str.title}: a letter behind anything but a letter begins a word. */
  static String titled(String text) {
    StringBuilder result = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      String letter = CodePoints.of(c);
      result.append(inWord ? letter.toLowerCase(Locale.ROOT) : title(letter));
      inWord = CodePoints.isCased(c);
      i += letter.length();
    }
    return result.toString();
  }

  /** The filter {@code title}: words begin behind spaces, hyphens and brackets only. */
  static String titleOfWords(String text) {
    StringBuilder result = new StringBuilder();
    boolean begins = true;
    for (int i = 0; i < text.length(); ) {
      String letter = CodePoints.of(text.codePointAt(i));
      boolean between = BEFORE_WORDS.contains(letter) || CodePoints.isSpace(letter.codePointAt(0));
      result.append(
          between
              ? letter
              : begins ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT));
      begins = between;
      i += letter.length();
    }
    return result.toString();
  }

  static String swapped(String text) {
    StringBuilder result = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              String letter = CodePoints.of(c);
              result.append(
                  Character.isUpperCase(c)
                      ? letter.toLowerCase(Locale.ROOT)
                      : Character.isLowerCase(c) ? letter.toUpperCase(Locale.ROOT) : letter);
            });
    return result.toString();
  }

  /** Whether letters with a case are all of one: {@code str.isupper} and {@code str.islower}. */
  static boolean allOfCase(String text, boolean upper) {
    boolean some = false;
    for (int c : text.codePoints().toArray()) {
      if (upper
          ? Character.isLowerCase(c) || Character.isTitleCase(c)
          : Character.isUpperCase(c) || Character.isTitleCase(c)) {
        return false;
      }
      some |= upper ? Character.isUpperCase(c) : Character.isLowerCase(c);
    }
    return some;
  }

  static boolean isTitled(String text) {
    boolean some = false;
    boolean inWord = false;
    for (int c : text.codePoints().toArray()) {
      boolean upper = Character.isUpperCase(c) || Character.isTitleCase(c);
      if (upper ? inWord : Character.isLowerCase(c) && !inWord) {
        return false;
      }
      inWord = CodePoints.isCased(c);
      some |= inWord;
    }
    return some;
  }

  /** How many runs of word characters there are. */
  static long words(String text) {
    long count = 0;
    boolean inWord = false;
    for (int c : text.codePoints().toArray()) {
      count += CodePoints.isWord(c) && !inWord ? 1 : 0;
      inWord = CodePoints.isWord(c);
    }
    return count;
  }
}
