package dev.reticent.kernel;

import dev.reticent.chart.LineChart;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something to show in a notebook: the same content in several MIME types, of which the front end
 * takes the best it can show. Text is always among them.
 */
public record Display(Map<String, String> data) {

  static final String HTML = "text/html";
  static final String SVG = "image/svg+xml";
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

  static Display svg(String svg, String text) {
    return of(SVG, svg, text);
  }

  static Display chart(LineChart chart) {
    return svg(chart.svg(), chart.text());
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
