package dev.reticent.text.jinja;

/** Texts filled up to a width. */
final class Padding {
  private Padding() {}

  /** Python puts the odd one to the left where the width is odd. */
  static String center(String text, int width, String fill) {
    int missing = Math.max(0, width - CodePoints.length(text));
    int left = missing / 2 + (missing & width & 1);
    return fill.repeat(left) + text + fill.repeat(missing - left);
  }

  static String left(String text, int width, String fill) {
    return text + fill.repeat(Math.max(0, width - CodePoints.length(text)));
  }

  static String right(String text, int width, String fill) {
    return fill.repeat(Math.max(0, width - CodePoints.length(text))) + text;
  }

  /** {@code zfill}: the sign stays in front. */
  static String zeros(String text, int width) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String sign = signed ? text.substring(0, 1) : "";
    return sign + right(text.substring(sign.length()), width - sign.length(), "0");
  }
}
