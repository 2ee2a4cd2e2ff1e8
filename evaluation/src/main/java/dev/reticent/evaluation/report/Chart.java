package dev.reticent.evaluation.report;

import dev.reticent.evaluation.report.Canvas.Anchor;
import dev.reticent.evaluation.report.Canvas.Font;
import java.io.IOException;
import java.util.List;

/** A chart that can be drawn on any canvas. */
interface Chart {
  String INK = "#1f2933";
  String MUTED = "#6b7785";
  String GRID = "#e3e7eb";
  Font TITLE = new Font(17, true, INK);
  Font PANEL = new Font(14, true, INK);
  Font LABEL = new Font(12, false, INK);
  Font SMALL = new Font(11, false, MUTED);

  /** Grey for the base model; orange and blue, which all eyes tell apart, for the others. */
  List<String> COLOURS = List.of("#9aa5b1", "#e08a1e", "#1f6fb2", "#5b8c5a", "#8f5aa8");

  String title();

  int width();

  int height();

  void draw(Canvas canvas);

  default String svg() {
    SvgCanvas canvas = new SvgCanvas(title(), width(), height());
    draw(canvas);
    return canvas.document();
  }

  /**
   * @throws LinkageError where Java has no fonts to draw with
   */
  default byte[] png() throws IOException {
    PngCanvas canvas = new PngCanvas(width(), height());
    draw(canvas);
    return canvas.png();
  }

  /** The models' names beside their colours, from the left. */
  static void legend(Canvas canvas, double x, double y, List<ModelResult> models) {
    double at = x;
    for (int i = 0; i < models.size(); i++) {
      canvas.rectangle(at, y - 10, 12, 12, colour(i, models));
      canvas.text(at + 18, y, models.get(i).name(), LABEL, Anchor.START);
      at += 46 + 6.6 * models.get(i).name().length();
    }
  }

  /** The colour of a model: by what it is, so that charts with fewer models look alike. */
  static String colour(int index, List<ModelResult> models) {
    int known = List.of("base", "non_dp", "dp").indexOf(models.get(index).key());
    return COLOURS.get(known >= 0 ? known : (index + 3) % COLOURS.size());
  }
}
