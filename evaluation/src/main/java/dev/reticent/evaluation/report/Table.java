package dev.reticent.evaluation.report;

import dev.reticent.chart.Markup;
import java.util.List;

/** A table of a report; the rows are as long as the header. */
record Table(String title, String note, List<String> header, List<List<String>> rows) {

  String markdown() {
    StringBuilder text = new StringBuilder("## " + title + "\n\n");
    if (!note.isEmpty()) {
      text.append(note).append("\n\n");
    }
    line(text, header);
    line(text, header.stream().map(cell -> "---").toList());
    rows.forEach(row -> line(text, row));
    return text.append('\n').toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    cells.forEach(cell -> text.append("| ").append(cell.replace("|", "\\|")).append(' '));
    text.append("|\n");
  }

  String html() {
    StringBuilder text = new StringBuilder();
    text.append("<h2>").append(Markup.escape(title)).append("</h2>\n");
    if (!note.isEmpty()) {
      text.append("<p class=\"note\">").append(Markup.escape(note)).append("</p>\n");
    }
    text.append("<div class=\"wide\"><table>\n<tr>");
    header.forEach(cell -> text.append("<th>").append(Markup.escape(cell)).append("</th>"));
    text.append("</tr>\n");
    for (List<String> row : rows) {
      text.append("<tr>");
      row.forEach(cell -> text.append("<td>").append(Markup.escape(cell)).append("</td>"));
      text.append("</tr>\n");
    }
    return text.append("</table></div>\n").toString();
  }
}
