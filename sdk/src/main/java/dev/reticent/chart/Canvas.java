package dev.reticent.chart;

/** What charts are drawn on; y grows downwards, text stands on its y. */
public interface Canvas {
  /** Which point of a text its x is. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  void rectangle(double x, double y, double width, double height, String colour);

  void line(double x1, double y1, double x2, double y2, double width, String colour);

  /** A line through points, of as many x as y. */
  void path(double[] x, double[] y, double width, String colour, boolean dashed);

  void circle(double x, double y, double radius, String colour);

  void text(double x, double y, String text, Font font, Anchor anchor);

  /** How a text looks. */
  record Font(double size, boolean bold, String colour) {}
}
