package dev.reticent.kernel;

import java.util.ArrayList;
import java.util.List;

/** A table in plain text, its columns lined up. */
final class TextTable {

  private TextTable() {}

  static String of(List<String> head, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    if (!head.isEmpty()) {
      all.add(head);
    }
    all.addAll(rows);
    int columns = all.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> row : all) {
      for (int c = 0; c < row.size(); c++) {
        widths[c] = Math.max(widths[c], oneLine(row.get(c)).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.size(); c++) {
        String cell = oneLine(row.get(c));
        line.append(cell).append(" ".repeat(widths[c] - cell.length() + 2));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString().stripTrailing();
  }

  private static String oneLine(String cell) {
    return cell.replace("\n", "⏎");
  }
}
