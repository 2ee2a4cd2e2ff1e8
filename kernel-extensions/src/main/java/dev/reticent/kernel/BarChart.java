package dev.reticent.kernel;

import dev.reticent.chart.Canvas;
import dev.reticent.chart.Canvas.Anchor;
import dev.reticent.chart.Chart;
import java.util.LinkedHashMap;
import java.util.Map;

/** Horizontal bars, in the order given. */
record BarChart(String title, Map<String, Double> bars) implements Chart {

  private static final int WIDTH = 520;
  private static final int LEFT = 150;
  private static final int ROW = 30;
  private static final int TOP = 34;

  BarChart {
    bars = new LinkedHashMap<>(bars);
  }

  Display display() {
    StringBuilder text = new StringBuilder(title);
    bars.forEach(
        (name, value) -> text.append('\n').append(name).append(": ").append(Views.number(value)));
    return Display.chart(this, text.toString());
  }

  @Override
  public int width() {
    return WIDTH;
  }

  @Override
  public int height() {
    return TOP + ROW * bars.size() + 8;
  }

  @Override
  public void draw(Canvas canvas) {
    double most = bars.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    canvas.text(8, 18, title, LABEL, Anchor.START);
    int y = TOP;
    for (Map.Entry<String, Double> bar : bars.entrySet()) {
      double length = most > 0 ? Math.max(0, bar.getValue()) / most * (WIDTH - LEFT - 60) : 0;
      canvas.text(LEFT - 8, y + 14, bar.getKey(), LABEL, Anchor.END);
      canvas.rectangle(LEFT, y, length, 18, "#1f77b4");
      canvas.text(LEFT + length + 6, y + 14, Views.number(bar.getValue()), LABEL, Anchor.START);
      y += ROW;
    }
  }
}
