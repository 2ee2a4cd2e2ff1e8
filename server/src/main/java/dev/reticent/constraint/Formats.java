package dev.reticent.constraint;

import java.util.Map;
import java.util.TreeMap;

/** The formats that are honoured, as patterns that admit only texts which every validator takes. */
final class Formats {
  private static final String YEAR = "\\d{4}";
  private static final String DATE =
      "(?:"
          + YEAR
          + "-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)"
          + "|02-(?:0[1-9]|1\\d|2[0-8]))"
          + "|(?:\\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
  private static final String TIME =
      "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:0\\d|1[0-7]):[0-5]\\d)";

  static final Map<String, String> PATTERNS =
      new TreeMap<>(
          Map.of(
              "date", "^" + DATE + "$",
              "time", "^" + TIME + "$",
              "date-time", "^" + DATE + "T" + TIME + "$",
              "uuid", "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
              "ipv4",
                  "^(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}"
                      + "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)$"));

  private Formats() {}
}
