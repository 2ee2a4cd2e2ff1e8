package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The patterns and formats of schemas as automata over canonical spellings, without quotes. */
final class Patterns {
  private static final int MOST_STATES = 2000;
  private static final long MOST_STEPS = 20_000_000;

  private final boolean asciiOnly;
  private final SchemaRules rules;
  private final WorkLimit work;

  Patterns(boolean asciiOnly, SchemaRules rules, WorkLimit work) {
    this.asciiOnly = asciiOnly;
    this.rules = rules;
    this.work = work;
  }

  /** What a schema's {@code pattern} and {@code format} ask of a string. */
  List<Dfa> of(SchemaNode node) {
    List<Dfa> patterns = new ArrayList<>();
    if (node.has("pattern")) {
      patterns.add(pattern(node.at("pattern"), node.text("pattern")));
    }
    if (node.has("format") && rules.asserts(node.text("format"))) {
      patterns.add(Formats.dfa(node.text("format")));
    }
    return patterns;
  }

  /** The strings in which a pattern is found. */
  Dfa pattern(String pointer, String pattern) {
    try {
      return Pattern.parse(pattern, asciiOnly ? CodePoints.ASCII : CodePoints.ALL)
          .dfa(MOST_STATES, part(pointer))
          .orElseThrow(() -> tooLarge(pointer, "as an automaton"));
    } catch (IllegalArgumentException e) {
      throw SchemaNode.refused(
          pointer, "cannot be honoured: " + e.getMessage() + " of \"" + pattern + "\".");
    }
  }

  /** Some strings. */
  Dfa texts(String pointer, Iterable<JsonNode> texts) {
    List<Regular> options = new ArrayList<>();
    for (JsonNode text : texts) {
      options.add(Regular.bytes(JsonText.body(text.asText())));
    }
    return new Regular.Choice(options)
        .dfa(MOST_STATES, part(pointer))
        .orElseThrow(() -> tooLarge(pointer, "as a list of values that must not be"));
  }

  private WorkLimit part(String pointer) {
    return work.part("at #" + pointer, MOST_STEPS);
  }

  static RuntimeException tooLarge(String pointer, String how) {
    return SchemaNode.refused(pointer, "is too large " + how + ": use a simpler pattern.");
  }
}
