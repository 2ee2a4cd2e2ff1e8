package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How the JSON-Schema-Test-Suite fares, draft by draft, its optional tests left out.
 *
 * <pre>
 * git clone https://github.com/json-schema-org/JSON-Schema-Test-Suite
 * java -cp $CP dev.reticent.constraint.SchemaSuite JSON-Schema-Test-Suite/tests draft7 draft2020-12
 * </pre>
 */
final class SchemaSuite {
  /** What the suite's schemas of a draft say where they say it. */
  private static final Map<String, String> DRAFTS =
      Map.of(
          "draft4", "http://json-schema.org/draft-04/schema#",
          "draft6", "http://json-schema.org/draft-06/schema#",
          "draft7", "http://json-schema.org/draft-07/schema#",
          "draft2019-09", "https://json-schema.org/draft/2019-09/schema",
          "draft2020-12", "https://json-schema.org/draft/2020-12/schema");

  private SchemaSuite() {}

  public static void main(String[] args) throws IOException {
    for (String draft : List.of(args).subList(1, args.length)) {
      System.out.println("== " + draft);
      SchemaTally tally =
          new SchemaTally(SchemaRules.STANDARD.withAssertedFormats(Set.of())); // as it has them
      List<Path> files;
      try (Stream<Path> all = Files.list(Path.of(args[0], draft))) {
        files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
      }
      for (Path file : files) {
        for (JsonNode group : Judge.JSON.readTree(file.toFile())) {
          String name = file.getFileName() + ": " + group.get("description").asText() + ":";
          tally.add(name, named(group.get("schema"), DRAFTS.get(draft)), group.get("tests"));
        }
      }
      tally.print();
    }
  }

  /** The schema with the draft that it is of; in the older ones it does not say so. */
  private static JsonNode named(JsonNode schema, String draft) {
    JsonNode copy = schema.deepCopy();
    if (copy instanceof ObjectNode object && !object.has("$schema")) {
      object.put("$schema", draft);
    }
    return copy;
  }
}
