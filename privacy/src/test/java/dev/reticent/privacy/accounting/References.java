package dev.reticent.privacy.accounting;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The reference figures beside these tests; the first line of each file says how they were made.
 */
final class References {
  private References() {}

  static List<Map<String, String>> rows(String file) throws IOException {
    try (InputStream in = References.class.getResourceAsStream(file)) {
      List<String> lines =
          new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
      String[] names = lines.get(0).split(",", -1);
      List<Map<String, String>> rows = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        String[] values = line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
          row.put(names[i], values[i].replace("\"", ""));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  static List<Map<String, String>> accounting() throws IOException {
    return rows("accounting_reference.csv");
  }

  static List<Map<String, String>> calibration() throws IOException {
    return rows("calibration_reference.csv");
  }

  static double number(Map<String, String> row, String key) {
    String value = row.getOrDefault(key, "");
    return value.isEmpty() || value.equals("inf")
        ? Double.POSITIVE_INFINITY
        : Double.parseDouble(value);
  }

  /** The Poisson-sampled run of a row. */
  static PrivacyEvent event(Map<String, String> row) {
    return PrivacyEvent.poisson(number(row, "q"), number(row, "sigma"), (int) number(row, "steps"));
  }
}
