package dev.reticent.chart;

import dev.reticent.chart.Canvas.Font;
import java.io.IOException;

/** A chart that can be drawn on any canvas. */
public interface Chart {
  String INK = "#1f2933";
  String MUTED = "#6b7785";
  String GRID = "#e3e7eb";
  Font TITLE = new Font(17, true, INK);
  Font PANEL = new Font(14, true, INK);
  Font LABEL = new Font(12, false, INK);
  Font SMALL = new Font(11, false, MUTED);

  String title();

  int width();

  int height();

  void draw(Canvas canvas);

  /** The chart as an SVG document; the same bytes for the same data. */
  default String svg() {
    SvgCanvas canvas = new SvgCanvas(title(), width(), height());
    draw(canvas);
    return canvas.document();
  }

  /**
   * The chart as a PNG of twice the size.
   *
   * @throws LinkageError where Java has no fonts to draw with
   */
  default byte[] png() throws IOException {
    PngCanvas canvas = new PngCanvas(width(), height());
    draw(canvas);
    return canvas.png();
  }
}
