package dev.reticent.kernel;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Horizontal bars as SVG, in the order given; no script, the same bytes for the same data. */
record BarChart(String title, Map<String, Double> bars) {

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
    return Display.svg(svg(), text.toString());
  }

  private String svg() {
    int height = TOP + ROW * bars.size() + 8;
    double most = bars.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/><text x=\"8\" y=\"18\">%s</text>",
            WIDTH,
            height,
            WIDTH,
            height,
            Html.escape(title)));
    int row = 0;
    for (Map.Entry<String, Double> bar : bars.entrySet()) {
      int y = TOP + ROW * row++;
      double length = most > 0 ? Math.max(0, bar.getValue()) / most * (WIDTH - LEFT - 60) : 0;
      out.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                  + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\" fill=\"#1f77b4\"/>"
                  + "<text x=\"%.1f\" y=\"%d\">%s</text>",
              LEFT - 8,
              y + 14,
              Html.escape(bar.getKey()),
              LEFT,
              y,
              length,
              LEFT + length + 6,
              y + 14,
              Views.number(bar.getValue())));
    }
    return out.append("</svg>").toString();
  }
}
