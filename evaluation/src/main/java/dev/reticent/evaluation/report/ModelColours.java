package dev.reticent.evaluation.report;

import dev.reticent.chart.Canvas;
import dev.reticent.chart.Canvas.Anchor;
import dev.reticent.chart.Chart;
import java.util.List;

/** The colours of models: by what they are, so that charts with fewer models look alike. */
final class ModelColours {

  /** Grey for the base model; orange and blue, which all eyes tell apart, for the others. */
  private static final List<String> COLOURS =
      List.of("#9aa5b1", "#e08a1e", "#1f6fb2", "#5b8c5a", "#8f5aa8");

  private ModelColours() {}

  /** The models' names beside their colours, from the left. */
  static void legend(Canvas canvas, double x, double y, List<ModelResult> models) {
    double at = x;
    for (int i = 0; i < models.size(); i++) {
      canvas.rectangle(at, y - 10, 12, 12, colour(i, models));
      canvas.text(at + 18, y, models.get(i).name(), Chart.LABEL, Anchor.START);
      at += 46 + 6.6 * models.get(i).name().length();
    }
  }

  static String colour(int index, List<ModelResult> models) {
    int known = List.of("base", "non_dp", "dp").indexOf(models.get(index).key());
    return COLOURS.get(known >= 0 ? known : (index + 3) % COLOURS.size());
  }
}
