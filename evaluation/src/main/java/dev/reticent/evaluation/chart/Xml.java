package dev.reticent.evaluation.chart;

/** Text as XML and HTML have it. */
public final class Xml {

  private Xml() {}

  /** A text in which nothing is markup, and no control character is left. */
  public static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                case '\n', '\t' -> safe.appendCodePoint(c);
                default -> safe.appendCodePoint(c < 0x20 || (c >= 0x7f && c < 0xa0) ? 0xfffd : c);
              }
            });
    return safe.toString();
  }
}
