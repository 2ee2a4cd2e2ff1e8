package dev.reticent.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside jinja2 as transformers sets it up: the same text, both refuse, or a refusal by name. */
class JinjaOracleTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TEMPLATES = Integer.getInteger("reticent.jinja.templates", 1500);
  private static final long SEED = Long.getLong("reticent.jinja.seed", 20261127L);

  @TempDir Path folder;

  @Test
  void randomTemplatesRenderAsInPythonOrAreRefusedByName() throws IOException {
    Python.require("transformers", "jinja2");
    RandomTemplates random = new RandomTemplates(SEED);
    List<String> templates = new ArrayList<>();
    for (int i = 0; i < TEMPLATES; i++) {
      templates.add(i % 2 == 0 ? "{{ " + random.expression(1 + i % 4) + " }}" : random.body(2));
    }
    List<String> lines = new ArrayList<>();
    for (String template : templates) {
      lines.add(JSON.writeValueAsString(Map.of("template", template, "variables", variables())));
    }
    Path cases = Files.write(folder.resolve("cases.jsonl"), lines);
    Path rendered = folder.resolve("rendered.jsonl");
    Python.run("jinja_oracle.py", cases.toString(), rendered.toString());
    List<String> expected = Files.readAllLines(rendered);
    assertThat(expected).hasSize(TEMPLATES);

    List<String> wrong = new ArrayList<>();
    int equal = 0;
    int refused = 0;
    for (int i = 0; i < TEMPLATES; i++) {
      JsonNode python = JSON.readTree(expected.get(i));
      Rendering here = Rendering.of(templates.get(i), variables());
      if (here.isRefusedByName()) {
        refused++;
      } else if (here.agreesWith(python)) {
        equal += python.has("text") ? 1 : 0;
      } else {
        wrong.add(templates.get(i) + "\n  Python: " + python + "\n  here:   " + here);
      }
    }
    assertThat(wrong).as("of seed %d", SEED).isEmpty();
    assertThat(equal).isGreaterThan(TEMPLATES / 5);
    assertThat(refused).isLessThan(TEMPLATES / 10);
  }

  /** In the order in which JSON carries them to Python. */
  static Map<String, Object> variables() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("s", "Some text, and more");
    values.put("n", 3);
    values.put("f", 2.5);
    values.put("l", List.of("p", "q", "r"));
    values.put("d", ordered("b", 1, "a", List.of(2, "x")));
    values.put("e", List.of());
    values.put(
        "m",
        List.of(
            ordered("role", "user", "content", " Hi\u00a0"),
            ordered("role", "assistant", "content", "Yes", "items", List.of(1))));
    return values;
  }

  static Map<String, Object> ordered(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
