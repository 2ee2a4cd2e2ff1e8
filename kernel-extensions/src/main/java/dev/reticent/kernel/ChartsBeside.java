package dev.reticent.kernel;

import dev.reticent.chart.Canvas;
import dev.reticent.chart.Chart;
import dev.reticent.chart.LineChart;
import java.util.List;
import java.util.stream.Collectors;

/** Charts in a row, as one picture. */
record ChartsBeside(List<LineChart> charts) implements Chart {

  ChartsBeside {
    charts = List.copyOf(charts);
  }

  Display display() {
    return Display.chart(
        this, charts.stream().map(LineChart::text).collect(Collectors.joining("\n")));
  }

  @Override
  public String title() {
    return charts.stream().map(Chart::title).collect(Collectors.joining(", "));
  }

  @Override
  public int width() {
    return charts.stream().mapToInt(Chart::width).sum();
  }

  @Override
  public int height() {
    return charts.stream().mapToInt(Chart::height).max().orElse(0);
  }

  @Override
  public void draw(Canvas canvas) {
    double right = 0;
    for (Chart chart : charts) {
      chart.draw(new Shifted(canvas, right));
      right += chart.width();
    }
  }

  /** A canvas whose left edge lies further to the right. */
  private record Shifted(Canvas canvas, double by) implements Canvas {
    @Override
    public void rectangle(double x, double y, double width, double height, String colour) {
      canvas.rectangle(x + by, y, width, height, colour);
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, double width, String colour) {
      canvas.line(x1 + by, y1, x2 + by, y2, width, colour);
    }

    @Override
    public void path(double[] x, double[] y, double width, String colour, boolean dashed) {
      double[] shifted = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        shifted[i] = x[i] + by;
      }
      canvas.path(shifted, y, width, colour, dashed);
    }

    @Override
    public void circle(double x, double y, double radius, String colour) {
      canvas.circle(x + by, y, radius, colour);
    }

    @Override
    public void text(double x, double y, String text, Font font, Anchor anchor) {
      canvas.text(x + by, y, text, font, anchor);
    }
  }
}
