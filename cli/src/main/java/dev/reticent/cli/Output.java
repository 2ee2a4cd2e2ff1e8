package dev.reticent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.Map;

/** Prints figures by name: as one JSON object, or a line each. */
final class Output {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Output() {}

  static void print(PrintWriter out, boolean json, Map<String, Object> figures) {
    if (json) {
      try {
        out.println(JSON.writeValueAsString(figures));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
      return;
    }
    figures.forEach((name, value) -> out.printf("%-24s %s%n", name.replace('_', ' '), value));
  }
}
