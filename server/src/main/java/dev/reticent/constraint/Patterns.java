package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the schemas of one document ask of strings and numbers, as automata over canonical
 * spellings: each is worked out once, however often the document asks for it.
 */
final class Patterns {
  private static final int MOST_STATES = 2000;
  private static final long MOST_STEPS = 20_000_000;

  private final boolean asciiOnly;
  private final SchemaRules rules;
  private final WorkLimit work;
  private final Map<String, Dfa> known = new HashMap<>();
  private final Map<Set<String>, Dfa> listed = new HashMap<>();
  private final Map<StringRule, Optional<Dfa>> strings = new HashMap<>();
  private final Map<NumberRule, Dfa> numbers = new HashMap<>();

  Patterns(boolean asciiOnly, SchemaRules rules, WorkLimit work) {
    this.asciiOnly = asciiOnly;
    this.rules = rules;
    this.work = work;
  }

  /** What a schema's {@code pattern} and {@code format} ask of a string, without its quotes. */
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

  /** The strings in which a pattern is found, without their quotes. */
  Dfa pattern(String pointer, String pattern) {
    return known.computeIfAbsent(pattern, p -> compiled(pointer, p));
  }

  private Dfa compiled(String pointer, String pattern) {
    try {
      return Pattern.parse(pattern, asciiOnly ? CodePoints.ASCII : CodePoints.ALL)
          .dfa(MOST_STATES, part(pointer))
          .orElseThrow(() -> tooLarge(pointer, "as an automaton"));
    } catch (IllegalArgumentException e) {
      throw SchemaNode.refused(
          pointer,
          "cannot be honoured: " + e.getMessage() + " of \"" + SchemaNode.shown(pattern) + "\".");
    }
  }

  /** Some strings, without their quotes. */
  Dfa texts(String pointer, Iterable<JsonNode> texts) {
    Set<String> options = new LinkedHashSet<>();
    texts.forEach(text -> options.add(text.asText()));
    return listed.computeIfAbsent(options, listed -> choice(pointer, listed));
  }

  private Dfa choice(String pointer, Set<String> texts) {
    List<Regular> options = new ArrayList<>();
    texts.forEach(text -> options.add(Regular.bytes(JsonText.body(text))));
    String what = "as a list of values that must not be";
    try {
      return new Regular.Choice(options)
          .dfa(MOST_STATES, part(pointer))
          .orElseThrow(() -> tooLarge(pointer, what));
    } catch (IllegalArgumentException e) { // it has more nodes than an expression may have
      throw tooLarge(pointer, what);
    }
  }

  /** {@link StringRule#dfa}. */
  Optional<Dfa> strings(StringRule rule) {
    return strings.computeIfAbsent(rule, r -> Formats.quoted(r).or(() -> r.dfa(work)));
  }

  /** {@link NumberRule#dfa}. */
  Dfa numbers(NumberRule rule) {
    return numbers.computeIfAbsent(rule, r -> r.dfa(work));
  }

  private WorkLimit part(String pointer) {
    return work.part("at #" + Keywords.given(pointer), MOST_STEPS);
  }

  static RuntimeException tooLarge(String pointer, String how) {
    return SchemaNode.refused(pointer, "is too large " + how + ": use a simpler pattern.");
  }
}
