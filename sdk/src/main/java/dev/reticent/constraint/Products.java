package dev.reticent.constraint;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
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

  private final JsonNode root;
  private final BiConsumer<String, List<String>> exclusive;
  private final Work work;
  private final Map<String, SchemaNode> nodes = new HashMap<>();

  /**
   * @param exclusive is told each {@code oneOf}, whose options must be found to exclude one another
   */
  Products(JsonNode root, BiConsumer<String, List<String>> exclusive, Work work) {
    this.root = root;
    this.exclusive = exclusive;
    this.work = work;
  }

  SchemaNode node(String pointer) {
    SchemaNode known = nodes.get(pointer);
    if (known == null) {
      known = new SchemaNode(pointer, root.at(JsonPointer.compile(pointer)));
      nodes.put(pointer, known);
    }
    return known;
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
    if (node.has("$ref")) {
      all = cross(all, expand(target(node), inside), pointer);
    }
    if (node.has("allOf")) {
      for (String part : node.parts("allOf")) {
        all = cross(all, expand(part, inside), pointer);
      }
    }
    for (String keyword : List.of("anyOf", "oneOf")) {
      if (node.has(keyword)) {
        List<Set<String>> options = new ArrayList<>();
        for (String part : node.parts(keyword)) {
          options.addAll(expand(part, inside));
        }
        all = cross(all, options, pointer);
      }
    }
    if (node.has("oneOf")) {
      exclusive.accept(node.at("oneOf"), node.parts("oneOf"));
    }
    inside.remove(pointer);
    return all;
  }

  private String target(SchemaNode node) {
    String reference = node.text("$ref");
    if (!reference.equals("#") && !reference.startsWith("#/")) {
      throw node.refused("$ref", "a place in this schema, such as \"#/$defs/name\"", reference);
    }
    String fragment = reference.substring(1).replace("+", "%2B");
    String pointer = URLDecoder.decode(fragment, StandardCharsets.UTF_8);
    if (root.at(JsonPointer.compile(pointer)).isMissingNode()) {
      throw node.refused("$ref", "a place that this schema has", reference);
    }
    return pointer;
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
