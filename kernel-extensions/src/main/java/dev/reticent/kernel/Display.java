package dev.reticent.kernel;

import dev.reticent.chart.Chart;
import dev.reticent.chart.LineChart;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Something to show in a notebook: the same content in several MIME types, of which the front end
 * takes the best it can show. Text is always among them.
 */
public record Display(Map<String, String> data) {

  static final String HTML = "text/html";
  static final String SVG = "image/svg+xml";
  static final String PNG = "image/png";
  static final String TEXT = "text/plain";

  public Display {
    data = Map.copyOf(data);
    if (!data.containsKey(TEXT)) {
      throw new IllegalArgumentException("a display needs text/plain, got " + data.keySet());
    }
  }

  static Display html(String html, String text) {
    return of(HTML, html, text);
  }

  static Display chart(LineChart chart) {
    return chart(chart, chart.text());
  }

  /**
   * A chart as SVG and, for front ends that show SVG only of notebooks they trust, as PNG; without
   * the latter where Java has no fonts.
   */
  static Display chart(Chart chart, String text) {
    Optional<String> png = png(chart);
    Map<String, String> data = new LinkedHashMap<>();
    data.put(SVG, chart.svg());
    png.ifPresent(picture -> data.put(PNG, picture));
    data.put(TEXT, text);
    return new Display(data);
  }

  private static Optional<String> png(Chart chart) {
    try {
      return Optional.of(Base64.getEncoder().encodeToString(chart.png()));
    } catch (IOException | LinkageError | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** A picture that is in files already. */
  static Display picture(String svg, Optional<byte[]> png, String text) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put(SVG, svg);
    png.ifPresent(bytes -> data.put(PNG, Base64.getEncoder().encodeToString(bytes)));
    data.put(TEXT, text);
    return new Display(data);
  }

  private static Display of(String type, String content, String text) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put(type, content);
    data.put(TEXT, text);
    return new Display(data);
  }

  /** The plain text. */
  public String text() {
    return data.getOrDefault(TEXT, "");
  }

  /** HTML: as it is, or with the picture or the text in it. */
  public String html() {
    return data.getOrDefault(HTML, data.getOrDefault(SVG, Html.pre(text())));
  }

  @Override
  public String toString() {
    return text();
  }
}
