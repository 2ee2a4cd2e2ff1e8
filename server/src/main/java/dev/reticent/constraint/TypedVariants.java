package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.constraint.Variant.Listing;
import dev.reticent.constraint.Variant.Mapping;
import dev.reticent.constraint.Variant.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** What several schemas admit together, type by type; {@code enum} and {@code const} left out. */
final class TypedVariants {
  private static final Variant NULL =
      new Scalar(List.of(LiteralPosition.of("null")), JsonNode::isNull);
  private static final Variant BOOLEAN =
      new Scalar(
          List.of(LiteralPosition.of(List.of(JsonText.utf8("true"), JsonText.utf8("false")))),
          JsonNode::isBoolean);

  private final List<SchemaNode> nodes;
  private final boolean asciiOnly;
  private final Function<Set<String>, Shape> shapes;
  private final WorkLimit work;
  private final Patterns patterns;

  /**
   * @param shapes the shape of schemas that must all hold
   */
  TypedVariants(
      List<SchemaNode> nodes,
      boolean asciiOnly,
      Function<Set<String>, Shape> shapes,
      Patterns patterns,
      WorkLimit work) {
    this.work = work;
    this.patterns = patterns;
    this.nodes = nodes;
    this.asciiOnly = asciiOnly;
    this.shapes = shapes;
  }

  List<Variant> all() {
    List<Variant> variants = new ArrayList<>();
    if (admits("null")) {
      variants.add(NULL);
    }
    if (admits("boolean")) {
      variants.add(BOOLEAN);
    }
    boolean number = admits("number");
    boolean integer =
        nodes.stream().allMatch(n -> n.types().contains("integer") || n.types().contains("number"));
    // All keywords are read, whatever the type: a wrong one is never passed over.
    NumberRule written = numbers(NumberRule.any(!number));
    NumberRule listed = numbers(NumberRule.listed(!number));
    if (number || integer) {
      variants.add(
          new Scalar(
              List.of(new DfaPosition(patterns.numbers(written), 0)),
              value -> value.isNumber() && listed.accepts(value.decimalValue())));
    }
    StringRule strings = strings();
    if (admits("string")) {
      List<Terminal> text =
          strings
              .terminals(patterns)
              .orElseThrow(
                  () -> Patterns.tooLarge(pointer("pattern"), "with the lengths beside it"));
      variants.add(
          new Scalar(text, value -> value.isTextual() && strings.accepts(value.textValue())));
    }
    Listing listing = listing();
    if (admits("array")) {
      variants.add(listing);
    }
    Mapping mapping = new ObjectRules(nodes, asciiOnly, shapes, patterns, work).mapping();
    if (admits("object")) {
      variants.add(mapping);
    }
    return variants;
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
      rule = node.has("multipleOf") ? multiples(rule, node) : rule;
    }
    return rule;
  }

  private static NumberRule multiples(NumberRule rule, SchemaNode node) {
    return Step.of(node.number("multipleOf"))
        .flatMap(rule::multiplesOf)
        .orElseThrow(
            () ->
                node.refused(
                    "multipleOf",
                    "a number whose digits without zeros at the ends make at most 1000",
                    node.get("multipleOf")));
  }

  private StringRule strings() {
    List<Dfa> is = new ArrayList<>();
    List<Dfa> not = new ArrayList<>();
    for (SchemaNode node : nodes) {
      is.addAll(patterns.of(node));
      for (var pattern : node.get(Keywords.NOT_PATTERNS).properties()) {
        not.add(patterns.pattern(pattern.getKey(), pattern.getValue().textValue()));
      }
      for (var texts : node.get(Keywords.NOT_STRINGS).properties()) {
        not.add(patterns.texts(texts.getKey(), texts.getValue()));
      }
    }
    return new StringRule(
        largest(node -> node.count("minLength", 0)),
        smallest(node -> node.count("maxLength", StringPosition.UNBOUNDED)),
        is,
        not);
  }

  private Listing listing() {
    int least = largest(node -> node.count("minItems", 0));
    int most = smallest(node -> node.count("maxItems", StringPosition.UNBOUNDED));
    for (SchemaNode node : nodes) {
      if (node.get("uniqueItems").asBoolean() && most > 1) {
        throw SchemaNode.refused(
            node.at("uniqueItems"), "is honoured for arrays of one item at most: leave it out.");
      }
    }
    List<List<String>> first = nodes.stream().map(SchemaNode::firstItems).toList();
    int places = first.stream().mapToInt(List::size).max().orElse(0);
    work.spend(20L * places * nodes.size());
    List<Shape> shapesOfFirst = new ArrayList<>();
    for (int i = 0; i < places; i++) {
      shapesOfFirst.add(item(first, i));
    }
    return new Listing(shapesOfFirst, item(first, places), least, most);
  }

  /**
   * @param first by node, the places of the schemas for its first items
   */
  private Shape item(List<List<String>> first, int index) {
    Set<String> schemas = new TreeSet<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (index < first.get(i).size()) {
        schemas.add(first.get(i).get(index));
      } else {
        nodes.get(i).otherItems().ifPresent(schemas::add);
      }
    }
    return shapes.apply(schemas);
  }
}
