package dev.reticent.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every construct of the language, and what no template may do. */
class ConstructsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The oracle is jinja2 as transformers sets it up: see src/test/python/jinja_oracle.py. */
  @Test
  void everyConstructRendersAsInPython() throws IOException {
    List<JsonNode> lines = lines();
    Map<String, Object> shared =
        JSON.convertValue(
            lines.get(0).get("shared"), new TypeReference<LinkedHashMap<String, Object>>() {});
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    for (JsonNode line : lines.subList(1, lines.size())) {
      String template = line.get("template").textValue();
      Rendering here =
          Rendering.of(template, line.get("shared").booleanValue() ? shared : Map.of());
      if (here.isRefusedByName()) {
        refused++;
      } else if (!here.agreesWith(line)) {
        wrong.add(line + "\n  here: " + here);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(refused).isLessThan(15);
    assertThat(lines).hasSizeGreaterThan(500);
  }

  private static List<JsonNode> lines() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    ConstructsTest.class.getResourceAsStream("constructs.jsonl")),
                StandardCharsets.UTF_8))) {
      List<JsonNode> lines = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(JSON.readTree(line));
      }
      return lines;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set x = 'a' * 8000000 %}{% set y = x ~ x %}",
        "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{%"
            + " endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{%"
            + " endfor %}{{ ns.x }}",
        "{% for i in range(99999) %}{{ 'x' * 99999 }}{% endfor %}",
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(90) %}"
            + "{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}"
            + "{{ ns.x == ns.y }}",
        "{% set s = 'a' * 8000000 %}{% for i in range(99999) %}{% if 'b' in s %}{% endif %}"
            + "{% if s.find('b') > 0 %}{% endif %}{% endfor %}",
        "{% set l = [1] * 100000 %}{% for i in range(99999) %}{% if 2 in l %}{% endif %}{% endfor"
            + " %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ 9 ** 99999 }}",
        "{{ 'x'.ljust(2000000000) }}",
        "{{ 'aaaa'.replace('a', 'x' * 5000000) }}",
        "{{ '%1999999999d' % 1 }}",
        "{{ [[1] * 2000000, [1] * 2000000] | sum(start=[]) | length }}",
        "{{ ('x' * 5000000).join(['a', 'b', 'c', 'd']) }}"
      })
  void aHostileTemplateEndsInARefusal(String template) {
    Rendering here = Rendering.of(template, Map.of());
    assertThat(here.refusal())
        .hasValueSatisfying(
            e -> {
              assertThat(e.line()).isEqualTo(1);
              assertThat(e.kind())
                  .isIn(
                      TemplateException.Kind.LIMIT,
                      TemplateException.Kind.UNSUPPORTED,
                      TemplateException.Kind.FAILED);
            });
  }

  @Test
  void deepNestingIsRefusedNotOverflowed() {
    for (String template :
        List.of(
            "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}",
            "{{ " + "[".repeat(5000) + "]".repeat(5000) + " }}",
            "{{ " + "not ".repeat(5000) + "1 }}",
            "{{ " + "-".repeat(5000) + "1 }}",
            "{{ 1" + " + 1".repeat(5000) + " }}",
            "{{ x" + ".y".repeat(5000) + " }}",
            "{{ 1" + " | abs".repeat(5000) + " }}",
            "{% if 1 %}".repeat(5000) + "{% endif %}".repeat(5000))) {
      assertThat(Rendering.of(template, Map.of("x", Map.of())).refusal()).as(template).isPresent();
    }
  }

  @Test
  void aLineIsNamedForEveryRefusal() {
    Map<String, Integer> lines =
        Map.of(
            "a\n{{ 1 +\n }}", 3,
            "a\n\n{{ x.y }}", 3,
            "{% if true %}\n{{ none + 1 }}{% endif %}", 2,
            "{# c\n\n#}\n{{ 'a'.encode() }}", 4,
            "{% block a %}{% endblock %}", 1,
            "{{ [1,\n2] | nofilter }}", 2);
    lines.forEach(
        (template, line) ->
            assertThat(Rendering.of(template, Map.of()).refusal())
                .as(template)
                .hasValueSatisfying(e -> assertThat(e.line()).isEqualTo(line)));
  }
}
