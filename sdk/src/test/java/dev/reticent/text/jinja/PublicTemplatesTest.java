package dev.reticent.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.testing.Python;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Chat templates that others publish, on conversations of many shapes, beside Python's jinja2. They
 * are not ours to keep here: {@code public_templates.py OUT FOLDER…} gathers them from checkouts,
 * and {@code -Dreticent.jinja.folder=OUT} has them compared and counted.
 */
@EnabledIfSystemProperty(
    named = "reticent.jinja.folder",
    matches = ".+",
    disabledReason = "needs a folder of templates: see public_templates.py")
class PublicTemplatesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private enum Outcome {
    EQUAL,
    BOTH_REFUSE,
    REFUSED_BY_NAME,
    WRONG
  }

  @Test
  void eachIsRenderedAsInPythonOrRefusedByConstructAndLine() throws IOException {
    Python.require("transformers", "jinja2");
    Path given = Path.of(System.getProperty("reticent.jinja.folder"));
    Path conversations = folder.resolve("conversations.jsonl");
    Python.run("public_templates.py", "--conversations", conversations.toString());
    Map<String, String> templates = new TreeMap<>();
    try (Stream<Path> files = Files.list(given)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jinja")).sorted().toList()) {
        templates.put(file.getFileName().toString().replace(".jinja", ""), Files.readString(file));
      }
    }
    List<Map<String, Object>> variables = new ArrayList<>();
    for (String line : Files.readAllLines(conversations)) {
      variables.add(values(JSON.readTree(line)));
    }
    Map<Outcome, Integer> counts = new TreeMap<>();
    Map<String, Integer> refusals = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    Path cases = folder.resolve("cases.jsonl");
    try (BufferedWriter out = Files.newBufferedWriter(cases)) {
      for (String template : templates.values()) {
        for (Map<String, Object> own : variables) {
          out.write(JSON.writeValueAsString(Map.of("template", template, "variables", own)));
          out.newLine();
        }
      }
    }
    Path rendered = folder.resolve("rendered.jsonl");
    Python.run("jinja_oracle.py", cases.toString(), rendered.toString());
    List<String> expected = Files.readAllLines(rendered);
    int at = 0;
    StringBuilder byName = new StringBuilder();
    for (Map.Entry<String, String> named : templates.entrySet()) {
      String template = named.getValue();
      Map<Outcome, Integer> ofThis = new EnumMap<>(Outcome.class);
      for (Map<String, Object> own : variables) {
        JsonNode python = JSON.readTree(expected.get(at++));
        Rendering here = Rendering.of(template, own);
        Outcome outcome = outcome(here, python);
        counts.merge(outcome, 1, Integer::sum);
        ofThis.merge(outcome, 1, Integer::sum);
        if (outcome == Outcome.REFUSED_BY_NAME) {
          refusals.merge(here.toString(), 1, Integer::sum);
        }
        if (outcome == Outcome.WRONG) {
          wrong.add(template + "\n--- " + own + "\n  Python: " + python + "\n  here:   " + here);
        }
      }
      byName.append(named.getKey());
      for (Outcome outcome : Outcome.values()) {
        byName.append('\t').append(ofThis.getOrDefault(outcome, 0));
      }
      byName.append('\n');
    }
    Files.writeString(given.resolve("counts.tsv"), byName);
    System.out.printf(
        "%d templates, %d conversations: %s%nrefused: %s%n",
        templates.size(), variables.size(), counts, refusals);
    assertThat(wrong).isEmpty();
  }

  private static Outcome outcome(Rendering here, JsonNode python) {
    if (here.isRefusedByName()) {
      return Outcome.REFUSED_BY_NAME;
    }
    if (!here.agreesWith(python)) {
      return Outcome.WRONG;
    }
    return python.has("text") ? Outcome.EQUAL : Outcome.BOTH_REFUSE;
  }

  private static Map<String, Object> values(JsonNode node) {
    Map<String, Object> values = new LinkedHashMap<>();
    node.properties().forEach(field -> values.put(field.getKey(), plain(field.getValue())));
    return values;
  }

  private static Object plain(JsonNode node) {
    return JSON.convertValue(node, Object.class);
  }
}
