package dev.reticent.constraint;

import dev.reticent.config.UserInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Takes schemas apart into alternatives, each a set of places in the document whose own keywords
 * must all hold: {@code $ref}, {@code allOf}, {@code anyOf} and {@code oneOf} are gone then.
 */
final class Products {
  private static final int MOST = 1000;
  private static final int MOST_STEPS = 500;

  private final Document document;
  private final Map<String, Set<Integer>> overlapping;
  private final BiConsumer<String, List<String>> exclusive;
  private final WorkLimit work;

  /**
   * @param overlapping by {@code oneOf}, the options that were found to overlap with others
   * @param exclusive is told each other {@code oneOf}, whose options must exclude one another
   */
  Products(
      Document document,
      Map<String, Set<Integer>> overlapping,
      BiConsumer<String, List<String>> exclusive,
      WorkLimit work) {
    this.document = document;
    this.overlapping = overlapping;
    this.exclusive = exclusive;
    this.work = work;
  }

  SchemaNode node(String pointer) {
    return document.node(pointer);
  }

  /** The alternatives under which all of the schemas hold. */
  List<Set<String>> of(Set<String> pointers) {
    List<Set<String>> all = List.of(Set.of());
    for (String pointer : pointers) {
      all = cross(all, expand(pointer, new HashSet<>()), pointer);
    }
    return all;
  }

  private List<Set<String>> expand(String pointer, Set<String> inside) {
    work.spend(20);
    SchemaNode node = node(pointer);
    if (node.json().isBoolean()) {
      return node.json().booleanValue() ? List.of(Set.of()) : List.of();
    }
    if (inside.size() > MOST_STEPS) {
      throw SchemaNode.refused(pointer, "is at the end of a chain of schemas that is too long.");
    }
    if (!inside.add(pointer)) {
      throw SchemaNode.refused(
          pointer, "refers to itself with no object or array in between, which means nothing.");
    }
    List<Set<String>> all = List.of(Set.of(pointer));
    for (String place : conjuncts(node)) {
      all = cross(all, expand(place, inside), pointer);
    }
    if (node.has("anyOf")) {
      List<Set<String>> options = new ArrayList<>();
      for (String part : node.parts("anyOf")) {
        options.addAll(expand(part, inside));
      }
      all = cross(all, options, pointer);
    }
    if (node.has("oneOf")) {
      all = cross(all, oneOf(node, inside), pointer);
    }
    if (node.has("if")) {
      List<Set<String>> options = new ArrayList<>();
      options.addAll(both(node.at("if"), node, "then", inside));
      options.addAll(both(node.at("if") + "/" + Keywords.NEGATED, node, "else", inside));
      all = cross(all, options, pointer);
    }
    inside.remove(pointer);
    return all;
  }

  /** The places that must hold beside a schema's own keywords. */
  private List<String> conjuncts(SchemaNode node) {
    List<String> places = new ArrayList<>();
    for (String keyword : List.of("$ref", "$dynamicRef")) {
      if (node.has(keyword)) {
        places.add(document.target(node, keyword));
      }
    }
    if (node.has(Keywords.AT)) {
      places.add(node.text(Keywords.AT));
    }
    if (node.has("allOf")) {
      places.addAll(node.parts("allOf"));
    }
    if (node.has("not")) {
      places.add(node.at("not") + "/" + Keywords.NEGATED);
    }
    for (String keyword : List.of("dependencies", "dependentRequired", "dependentSchemas")) {
      if (!node.keys(keyword).isEmpty()) {
        places.add(document.dependent(node, keyword));
      }
    }
    return places;
  }

  private List<Set<String>> both(
      String condition, SchemaNode node, String keyword, Set<String> inside) {
    if (!node.has("then") && !node.has("else")) {
      return List.of(Set.of()); // a condition that decides nothing
    }
    List<Set<String>> all = expand(condition, inside);
    return node.has(keyword) ? cross(all, expand(node.at(keyword), inside), node.pointer()) : all;
  }

  /** The options of a oneOf; of those that overlap, each without the others. */
  private List<Set<String>> oneOf(SchemaNode node, Set<String> inside) {
    List<String> parts = node.parts("oneOf");
    Set<Integer> shared = overlapping.getOrDefault(node.at("oneOf"), Set.of());
    List<Set<String>> options = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Set<String>> option = expand(parts.get(i), inside);
      for (int other : shared.contains(i) ? shared : Set.<Integer>of()) {
        if (other != i) {
          option = cross(option, without(node, i, other, inside), node.pointer());
        }
      }
      options.addAll(option);
    }
    exclusive.accept(node.at("oneOf"), parts);
    return options;
  }

  private List<Set<String>> without(SchemaNode node, int option, int other, Set<String> inside) {
    try {
      return expand(node.parts("oneOf").get(other) + "/" + Keywords.NEGATED, inside);
    } catch (UserInputException e) {
      throw SchemaNode.refused(
          node.at("oneOf"),
          "has options %d and %d that one value may fit both: write anyOf, or tell them apart by a required property with different const values. (%s)"
              .formatted(Math.min(option, other), Math.max(option, other), e.getMessage()));
    }
  }

  private List<Set<String>> cross(List<Set<String>> left, List<Set<String>> right, String pointer) {
    Set<Set<String>> product = new LinkedHashSet<>();
    for (Set<String> one : left) {
      for (Set<String> other : right) {
        Set<String> both = new TreeSet<>(one);
        both.addAll(other);
        work.spend(10L * both.size());
        product.add(both);
      }
      if (product.size() > MOST) {
        throw SchemaNode.refused(pointer, "has more than " + MOST + " alternatives: use fewer.");
      }
    }
    return List.copyOf(product);
  }
}
