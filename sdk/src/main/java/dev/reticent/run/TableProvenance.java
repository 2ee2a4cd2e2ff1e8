package dev.reticent.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.data.Tables;
import dev.reticent.format.WholeFile;
import dev.reticent.settings.DatasetSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which state of which tables a session read, as {@code local/provenance.json}. It stays with the
 * data's owner: how often a table was written tells of the people in it.
 */
final class TableProvenance {

  private static final String FILE = "provenance.json";

  private TableProvenance() {}

  /** Writes it, where there are tables. */
  static void write(DatasetSettings settings, Tables tables, Path local, Consumer<String> notices)
      throws IOException {
    ObjectNode read = new ObjectMapper().createObjectNode();
    settings.table().ifPresent(table -> note(read, "dataset.table", table, tables));
    settings.evalTable().ifPresent(table -> note(read, "dataset.eval_table", table, tables));
    if (read.isEmpty()) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : read.properties()) {
      String version = entry.getValue().path("version").asText("its format keeps no versions");
      notices.accept(
          "%s: %s, %s".formatted(entry.getKey(), entry.getValue().path("name").asText(), version));
    }
    WholeFile.replace(local.resolve(FILE), read.toPrettyString() + "\n");
  }

  private static void note(ObjectNode read, String key, String table, Tables tables) {
    ObjectNode entry = read.putObject(key).put("name", table);
    Optional<String> version = tables.version(table);
    version.ifPresent(v -> entry.put("version", v));
  }
}
