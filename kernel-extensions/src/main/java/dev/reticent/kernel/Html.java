package dev.reticent.kernel;

import dev.reticent.chart.Markup;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Small pieces of HTML; whatever comes from outside is escaped here. */
final class Html {

  private Html() {}

  static String escape(String text) {
    return Markup.escape(text);
  }

  /** Text of ours, escaped, with what stands in backticks as code. */
  static String prose(String text) {
    return escape(text).replaceAll("`([^`]+)`", "<code>$1</code>");
  }

  /** A table whose cells are escaped; line breaks of a cell are kept. */
  static String table(List<String> head, List<List<String>> rows) {
    String title = head.isEmpty() ? "" : "<thead>" + row("th", head) + "</thead>";
    return "<table>"
        + title
        + rows.stream().map(row -> row("td", row)).collect(Collectors.joining("", "<tbody>", ""))
        + "</tbody></table>";
  }

  private static String row(String cell, List<String> values) {
    return values.stream()
        .map(
            value ->
                "<%s style=\"text-align:left;white-space:pre-wrap\">%s</%s>"
                    .formatted(cell, escape(value), cell))
        .collect(Collectors.joining("", "<tr>", "</tr>"));
  }

  static String pre(String text) {
    return "<pre>" + escape(text) + "</pre>";
  }

  static String heading(String text) {
    return "<p><b>" + escape(text) + "</b></p>";
  }

  /** A bar that needs no script; {@code done} and {@code total} in any unit. */
  static String bar(double done, double total) {
    double share = total > 0 ? Math.max(0, Math.min(1, done / total)) : 0;
    return String.format(
        Locale.ROOT, "<progress value=\"%.4f\" max=\"1\" style=\"width:20em\"></progress>", share);
  }
}
