package dev.reticent.text.jinja;

/** {@code strip} and its two halves. */
final class Stripping {
  private Stripping() {}

  /**
   * @param characters what is taken away; None for all that Python counts as space
   */
  static String strip(String text, Object characters, boolean left, boolean right) {
    String set =
        characters instanceof None
            ? ""
            : PythonType.expect(characters, String.class, "characters to strip");
    boolean spaces = characters instanceof None;
    int start = 0;
    int end = text.length();
    while (left && start < end && stripped(text.codePointAt(start), spaces, set)) {
      start += Character.charCount(text.codePointAt(start));
    }
    while (right && end > start && stripped(text.codePointBefore(end), spaces, set)) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(start, end);
  }

  private static boolean stripped(int c, boolean spaces, String set) {
    return spaces ? CodePoints.isSpace(c) : set.indexOf(c) >= 0;
  }
}
