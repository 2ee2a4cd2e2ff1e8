package dev.reticent.chart;

import dev.reticent.chart.Canvas.Anchor;
import dev.reticent.chart.Canvas.Font;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line chart.
 *
 * @param x values along the horizontal axis, say steps
 * @param width in pixels, as {@link #height}
 */
public record LineChart(String title, String x, List<Series> series, int width) implements Chart {

  /** One line; points that are not finite are left out. */
  public record Series(String name, List<Point> points, boolean dashed) {
    public Series {
      points = points.stream().filter(Point::finite).toList();
    }
  }

  /** Where a line goes through. */
  public record Point(double x, double y) {
    boolean finite() {
      return Double.isFinite(x) && Double.isFinite(y);
    }
  }

  private static final int USUAL_WIDTH = 520;
  private static final int HEIGHT = 260;
  private static final int LEFT = 58;
  private static final int RIGHT = 16;
  private static final int TOP = 34;
  private static final int BOTTOM = 42;
  private static final double LETTER = 6.6;
  private static final List<String> COLOURS = List.of("#1f77b4", "#d62728", "#2ca02c", "#9467bd");

  public LineChart {
    series = List.copyOf(series);
  }

  /** Of the usual width. */
  public LineChart(String title, String x, List<Series> series) {
    this(title, x, series, USUAL_WIDTH);
  }

  /** The least and greatest finite value, never equal. */
  private record Range(double low, double high) {
    static Range of(List<Series> series, boolean horizontal) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (Series line : series) {
        for (Point point : line.points()) {
          double value = horizontal ? point.x() : point.y();
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      if (low > high) {
        return new Range(0, 1);
      }
      return low == high ? new Range(low - 0.5, high + 0.5) : new Range(low, high);
    }

    /** From zero, so that heights can be compared. */
    Range withZero() {
      return low > 0 ? new Range(0, high) : this;
    }

    /** About five round numbers inside. */
    List<Double> ticks() {
      double raw = (high - low) / 5;
      double power = Math.pow(10, Math.floor(Math.log10(raw)));
      double step =
          raw <= power
              ? power
              : raw <= 2 * power ? 2 * power : raw <= 5 * power ? 5 * power : 10 * power;
      List<Double> ticks = new ArrayList<>();
      for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
        ticks.add(i * step);
      }
      return ticks;
    }
  }

  /** The first and the last point of each line. */
  public String text() {
    StringBuilder out = new StringBuilder(title);
    for (Series line : series) {
      if (!line.points().isEmpty()) {
        Point first = line.points().get(0);
        Point last = line.points().get(line.points().size() - 1);
        out.append(
            String.format(
                Locale.ROOT,
                "\n%s: %s at %s %s, %s at %s",
                line.name(),
                number(first.y()),
                x,
                number(first.x()),
                number(last.y()),
                number(last.x())));
      }
    }
    return out.toString();
  }

  @Override
  public int height() {
    return HEIGHT;
  }

  @Override
  public void draw(Canvas canvas) {
    Range across = Range.of(series, true);
    Range up = Range.of(series, false).withZero();
    canvas.text(LEFT, 18, title, LABEL, Anchor.START);
    for (double tick : up.ticks()) {
      double at = vertical(tick, up);
      canvas.line(LEFT, at, width - RIGHT, at, 1, GRID);
      canvas.text(LEFT - 6, at + 4, number(tick), SMALL, Anchor.END);
    }
    for (double tick : across.ticks()) {
      double at = horizontal(tick, across);
      canvas.text(at, HEIGHT - BOTTOM + 16, number(tick), SMALL, Anchor.MIDDLE);
    }
    canvas.line(LEFT, HEIGHT - BOTTOM, width - RIGHT, HEIGHT - BOTTOM, 1, MUTED);
    canvas.text(width / 2.0, HEIGHT - 8, x, SMALL, Anchor.MIDDLE);
    double end = width - RIGHT;
    for (int i = series.size() - 1; i >= 0; i--) {
      String colour = COLOURS.get(i % COLOURS.size());
      path(canvas, series.get(i), across, up, colour);
      canvas.text(end, 18, series.get(i).name(), new Font(12, false, colour), Anchor.END);
      end -= LETTER * series.get(i).name().length() + 12;
    }
  }

  private void path(Canvas canvas, Series line, Range across, Range up, String colour) {
    double[] xs = line.points().stream().mapToDouble(p -> horizontal(p.x(), across)).toArray();
    double[] ys = line.points().stream().mapToDouble(p -> vertical(p.y(), up)).toArray();
    canvas.path(xs, ys, 1.8, colour, line.dashed());
  }

  private double horizontal(double value, Range range) {
    return LEFT + (value - range.low()) / (range.high() - range.low()) * (width - LEFT - RIGHT);
  }

  private static double vertical(double value, Range range) {
    double share = (value - range.low()) / (range.high() - range.low());
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.4g", value);
    return text.contains("e") || !text.contains(".")
        ? text
        : text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }
}
