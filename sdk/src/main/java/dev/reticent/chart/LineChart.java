package dev.reticent.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line chart as SVG: no script, no fonts of its own, the same bytes for the same data.
 *
 * @param x values along the horizontal axis, say steps
 */
public record LineChart(String title, String x, List<Series> series) {

  public LineChart {
    series = List.copyOf(series);
  }

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

  private static final int WIDTH = 520;
  private static final int HEIGHT = 260;
  private static final int LEFT = 58;
  private static final int RIGHT = 16;
  private static final int TOP = 34;
  private static final int BOTTOM = 42;
  private static final List<String> COLOURS = List.of("#1f77b4", "#d62728", "#2ca02c", "#9467bd");

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

  /** Title and ends of each line in words, where pictures are not shown. */
  public String text() {
    StringBuilder out = new StringBuilder(title);
    for (Series line : series) {
      if (!line.points().isEmpty()) {
        Point first = line.points().get(0);
        Point last = line.points().get(line.points().size() - 1);
        out.append(
            format(
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

  /** The picture. */
  public String svg() {
    Range across = Range.of(series, true);
    Range up = Range.of(series, false).withZero();
    StringBuilder out = new StringBuilder();
    out.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">",
            WIDTH, HEIGHT, WIDTH, HEIGHT));
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
    out.append(label(LEFT, 18, "start", "#000000", title));
    for (double tick : up.ticks()) {
      double at = vertical(tick, up);
      out.append(line(LEFT, at, WIDTH - RIGHT, at, "#dddddd"));
      out.append(label(LEFT - 6, at + 4, "end", "#444444", number(tick)));
    }
    for (double tick : across.ticks()) {
      double at = horizontal(tick, across);
      out.append(label(at, HEIGHT - BOTTOM + 16, "middle", "#444444", number(tick)));
    }
    out.append(line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "#444444"));
    out.append(label(WIDTH / 2.0, HEIGHT - 8, "middle", "#444444", x));
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < series.size(); i++) {
      String colour = COLOURS.get(i % COLOURS.size());
      out.append(path(series.get(i), across, up, colour));
      names.append(
          format(
              "<tspan dx=\"12\" fill=\"%s\">%s</tspan>",
              colour, Markup.escape(series.get(i).name())));
    }
    out.append(
        format("<text x=\"%d\" y=\"18\" text-anchor=\"end\">%s</text>", WIDTH - RIGHT, names));
    return out.append("</svg>").toString();
  }

  private static String path(Series line, Range across, Range up, String colour) {
    StringBuilder points = new StringBuilder();
    for (Point point : line.points()) {
      points.append(format("%.1f,%.1f ", horizontal(point.x(), across), vertical(point.y(), up)));
    }
    return format(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"%s points=\"%s\"/>",
        colour, line.dashed() ? " stroke-dasharray=\"5 4\"" : "", points.toString().strip());
  }

  private static double horizontal(double value, Range range) {
    return LEFT + (value - range.low()) / (range.high() - range.low()) * (WIDTH - LEFT - RIGHT);
  }

  private static double vertical(double value, Range range) {
    double share = (value - range.low()) / (range.high() - range.low());
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private static String line(double x1, double y1, double x2, double y2, String colour) {
    return format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
        x1, y1, x2, y2, colour);
  }

  private static String label(double x, double y, String anchor, String colour, String text) {
    return format(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
        x, y, anchor, colour, Markup.escape(text));
  }

  private static String number(double value) {
    String text = format("%.4g", value);
    return text.contains("e") || !text.contains(".")
        ? text
        : text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
