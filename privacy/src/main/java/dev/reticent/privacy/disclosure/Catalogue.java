package dev.reticent.privacy.disclosure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All entries by where they are found, and their table for the documentation. */
public final class Catalogue {

  private Catalogue() {}

  /** The entries by heading. */
  public static Map<String, List<Disclosed>> entries() {
    Map<String, List<Disclosed>> entries = new LinkedHashMap<>();
    entries.put("Files of a run's folder", List.of(RunFile.values()));
    entries.put("Tags in TensorBoard", List.of(LogTag.values()));
    entries.put("What the server answers", List.of(Answered.values()));
    entries.put("What is shown", List.of(Shown.values()));
    return entries;
  }

  /** The table of docs/privacy.md. */
  public static String markdown() {
    StringBuilder out = new StringBuilder();
    entries()
        .forEach(
            (heading, list) -> {
              out.append("**").append(heading).append("**\n\n");
              out.append("| what | | why |\n| --- | --- | --- |\n");
              for (Disclosed entry : list) {
                out.append("| `").append(entry.place()).append("` | ");
                out.append(entry.disclosure().words()).append(" | ");
                out.append(entry.what()).append(" |\n");
              }
              out.append('\n');
            });
    return out.toString();
  }
}
