package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.constraint.Variant.Listing;
import dev.reticent.constraint.Variant.Mapping;
import dev.reticent.constraint.Variant.Member;
import dev.reticent.constraint.Variant.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** What several schemas admit together, type by type; {@code enum} and {@code const} left out. */
final class TypedVariants {
  private static final int MOST_PATTERN_STATES = 2000;
  private static final long MOST_PATTERN_STEPS = 20_000_000;

  /** Listed values are written as they are: more digits than a double has. */
  private static final int MOST_LISTED_DIGITS = 400;

  private final List<SchemaNode> nodes;
  private final boolean asciiOnly;
  private final Function<Set<String>, Shape> shapes;
  private final Work work;

  /**
   * @param shapes the shape of schemas that must all hold
   */
  TypedVariants(
      List<SchemaNode> nodes, boolean asciiOnly, Function<Set<String>, Shape> shapes, Work work) {
    this.work = work;
    this.nodes = nodes;
    this.asciiOnly = asciiOnly;
    this.shapes = shapes;
  }

  List<Variant> all() {
    List<Variant> variants = new ArrayList<>();
    if (admits("null")) {
      variants.add(new Scalar(List.of(LiteralPosition.of("null")), JsonNode::isNull));
    }
    if (admits("boolean")) {
      variants.add(new Scalar(List.of(words("true", "false")), JsonNode::isBoolean));
    }
    boolean number = admits("number");
    boolean integer =
        nodes.stream().allMatch(n -> n.types().contains("integer") || n.types().contains("number"));
    // All keywords are read, whatever the type: a wrong one is never passed over.
    NumberRule written = numbers(NumberRule.any(!number));
    NumberRule listed = numbers(NumberRule.any(!number, MOST_LISTED_DIGITS));
    if (number || integer) {
      variants.add(
          new Scalar(
              List.of(new DfaPosition(written.dfa(work), 0)),
              value -> value.isNumber() && listed.accepts(value.decimalValue())));
    }
    StringRule strings = strings();
    if (admits("string")) {
      List<Terminal> text =
          strings
              .terminals(work)
              .orElseThrow(() -> tooLarge(pointer("pattern"), "with the lengths beside it"));
      variants.add(
          new Scalar(text, value -> value.isTextual() && strings.accepts(value.textValue())));
    }
    Listing listing = listing();
    if (admits("array")) {
      variants.add(listing);
    }
    Mapping mapping = mapping();
    if (admits("object")) {
      variants.add(mapping);
    }
    return variants;
  }

  private static Terminal words(String... words) {
    return LiteralPosition.of(List.of(words).stream().map(JsonText::utf8).toList());
  }

  private boolean admits(String type) {
    return nodes.stream().allMatch(node -> node.types().contains(type));
  }

  private String pointer(String keyword) {
    return nodes.stream()
        .filter(n -> n.has(keyword))
        .findFirst()
        .map(n -> n.at(keyword))
        .orElse("");
  }

  private int largest(ToIntFunction<SchemaNode> count) {
    return nodes.stream().mapToInt(count).max().orElse(0);
  }

  private int smallest(ToIntFunction<SchemaNode> count) {
    return nodes.stream().mapToInt(count).min().orElse(StringPosition.UNBOUNDED);
  }

  private NumberRule numbers(NumberRule any) {
    NumberRule rule = any;
    for (SchemaNode node : nodes) {
      for (boolean exclusive : new boolean[] {false, true}) {
        String least = exclusive ? "exclusiveMinimum" : "minimum";
        String most = exclusive ? "exclusiveMaximum" : "maximum";
        rule = node.has(least) ? rule.atLeast(node.number(least), exclusive) : rule;
        rule = node.has(most) ? rule.atMost(node.number(most), exclusive) : rule;
      }
    }
    return rule;
  }

  private StringRule strings() {
    List<Dfa> patterns = new ArrayList<>();
    for (SchemaNode node : nodes) {
      if (node.has("pattern")) {
        patterns.add(pattern(node.at("pattern"), node.text("pattern")));
      }
      if (node.has("format")) {
        String format = node.text("format");
        String pattern = Formats.PATTERNS.get(format);
        if (pattern == null) {
          throw node.refused("format", "one of " + Formats.PATTERNS.keySet(), format);
        }
        patterns.add(pattern(node.at("format"), pattern));
      }
    }
    return new StringRule(
        largest(node -> node.count("minLength", 0)),
        smallest(node -> node.count("maxLength", StringPosition.UNBOUNDED)),
        patterns);
  }

  private Dfa pattern(String pointer, String pattern) {
    try {
      return Pattern.parse(pattern, asciiOnly ? CodePoints.ASCII : CodePoints.ALL)
          .dfa(MOST_PATTERN_STATES, work.part("at #" + pointer, MOST_PATTERN_STEPS))
          .orElseThrow(() -> tooLarge(pointer, "as an automaton"));
    } catch (IllegalArgumentException e) {
      throw SchemaNode.refused(
          pointer, "cannot be honoured: " + e.getMessage() + " of \"" + pattern + "\".");
    }
  }

  private static RuntimeException tooLarge(String pointer, String how) {
    return SchemaNode.refused(pointer, "is too large " + how + ": use a simpler pattern.");
  }

  private Listing listing() {
    int least = largest(node -> node.count("minItems", 0));
    int most = smallest(node -> node.count("maxItems", StringPosition.UNBOUNDED));
    int first = 0;
    for (SchemaNode node : nodes) {
      if (node.get("items").isArray()) {
        throw node.refused("items", "one schema; a list of them is prefixItems", node.get("items"));
      }
      first = node.has("prefixItems") ? Math.max(first, node.parts("prefixItems").size()) : first;
    }
    List<Shape> shapesOfFirst = new ArrayList<>();
    for (int i = 0; i < first; i++) {
      shapesOfFirst.add(item(i));
    }
    return new Listing(shapesOfFirst, item(first), least, most);
  }

  private Shape item(int index) {
    Set<String> schemas = new TreeSet<>();
    for (SchemaNode node : nodes) {
      if (index < node.get("prefixItems").size()) {
        schemas.add(node.at("prefixItems") + "/" + index);
      } else if (node.has("items")) {
        schemas.add(node.at("items"));
      }
    }
    return shapes.apply(schemas);
  }

  private Mapping mapping() {
    Set<String> names = new LinkedHashSet<>();
    Set<String> required = new LinkedHashSet<>();
    nodes.forEach(node -> names.addAll(node.keys("properties")));
    nodes.forEach(node -> required.addAll(node.names("required")));
    names.addAll(required);
    List<Member> members = new ArrayList<>();
    List<byte[]> taken = new ArrayList<>();
    work.spend(20L * names.size() * nodes.size());
    for (String name : names) {
      String quoted = JsonText.quote(name, asciiOnly);
      members.add(new Member(name, member(name), required.contains(name), JsonText.utf8(quoted)));
      // A free name is compared as it is written there, which is never with such escapes.
      taken.add(JsonText.utf8(JsonText.quote(name, false).substring(1)));
    }
    return new Mapping(members, others(), Literals.of(taken));
  }

  private Shape member(String name) {
    Set<String> schemas = new TreeSet<>();
    for (SchemaNode node : nodes) {
      if (node.get("properties").has(name)) {
        schemas.add(node.at("properties", name));
      } else if (node.has("additionalProperties")) {
        schemas.add(node.at("additionalProperties"));
      }
    }
    return shapes.apply(schemas);
  }

  private Shape others() {
    Set<String> schemas = new TreeSet<>();
    for (SchemaNode node : nodes) {
      if (node.has("additionalProperties")) {
        schemas.add(node.at("additionalProperties"));
      }
    }
    return shapes.apply(schemas);
  }
}
