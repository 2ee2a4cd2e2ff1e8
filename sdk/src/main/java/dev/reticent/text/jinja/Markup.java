package dev.reticent.text.jinja;

/** Text that the filters {@code safe} and {@code escape} mark as HTML. */
record Markup(String text) {
  /** Whether a sum of these is marked: then the part that is not is escaped. */
  static boolean joinsWith(Object a, Object b) {
    return (a instanceof Markup || b instanceof Markup)
        && PythonType.isText(a)
        && PythonType.isText(b);
  }

  static Markup escaped(Object value) {
    if (value instanceof Markup markup) {
      return markup;
    }
    return new Markup(
        PythonText.str(value)
            .replace("&", "&amp;")
            .replace(">", "&gt;")
            .replace("<", "&lt;")
            .replace("'", "&#39;")
            .replace("\"", "&#34;"));
  }
}
