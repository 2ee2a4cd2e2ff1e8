package dev.reticent.chart;

/** Text in XML and HTML. */
public final class Markup {

  private Markup() {}

  /** What neither XML nor HTML can hold. */
  private static boolean isControl(int c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
  }

  /** A text as the content of an element or of a quoted attribute. */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '\n', '\t' -> out.appendCodePoint(c);
                default -> out.appendCodePoint(isControl(c) ? 0xfffd : c);
              }
            });
    return out.toString();
  }
}
