package dev.reticent.chart;

import java.util.Locale;

/** Draws an SVG document. */
final class SvgCanvas implements Canvas {
  private final StringBuilder body = new StringBuilder();
  private final String title;
  private final int width;
  private final int height;

  SvgCanvas(String title, int width, int height) {
    this.title = title;
    this.width = width;
    this.height = height;
  }

  @Override
  public void rectangle(double x, double y, double w, double h, String colour) {
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"1.5\" fill=\"%s\"/>%n",
        x, y, w, h, colour);
  }

  @Override
  public void line(double x1, double y1, double x2, double y2, double stroke, String colour) {
    add(
        "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke-width=\"%.1f\" stroke=\"%s\"/>%n",
        x1, y1, x2, y2, stroke, colour);
  }

  @Override
  public void path(double[] x, double[] y, double stroke, String colour, boolean dashed) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < x.length; i++) {
      points.append(String.format(Locale.ROOT, "%s%.1f,%.1f", i == 0 ? "" : " ", x[i], y[i]));
    }
    add(
        "<polyline points=\"%s\" stroke-width=\"%.1f\" stroke=\"%s\"%s/>%n",
        points, stroke, colour, dashed ? " stroke-dasharray=\"5 4\"" : "");
  }

  @Override
  public void circle(double x, double y, double radius, String colour) {
    add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>%n", x, y, radius, colour);
  }

  @Override
  public void text(double x, double y, String text, Font font, Anchor anchor) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\"%s fill=\"%s\""
            + " text-anchor=\"%s\">%s</text>%n",
        x,
        y,
        font.size(),
        font.bold() ? " font-weight=\"600\"" : "",
        font.colour(),
        anchor.name().toLowerCase(Locale.ROOT),
        Markup.escape(text));
  }

  private void add(String format, Object... values) {
    body.append(String.format(Locale.ROOT, format, values));
  }

  String document() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" \
    font-family="Inter, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif" fill="none">
    <rect width="%d" height="%d" fill="#ffffff"/>
    %s</svg>
    """
        .formatted(width, height, width, height, Markup.escape(title), width, height, body);
  }
}
