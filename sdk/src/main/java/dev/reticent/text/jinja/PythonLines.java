package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** {@code str.splitlines}: Python ends a line at ten characters and at CR LF. */
final class PythonLines {
  private PythonLines() {}

  static List<String> split(String text, boolean keepEnds) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (!CodePoints.endsLine(text.charAt(i))) {
        continue;
      }
      boolean both = text.startsWith("\r\n", i);
      int next = i + (both ? 2 : 1);
      lines.add(text.substring(start, keepEnds ? next : i));
      start = next;
      i = next - 1;
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }
}
