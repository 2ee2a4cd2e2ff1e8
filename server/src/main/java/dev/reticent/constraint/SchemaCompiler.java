package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * From a JSON Schema to a {@link Shape}.
 *
 * <p>A shape stands for a set of schemas that must all hold, so that {@code allOf} is exact and a
 * recursive schema has finitely many shapes.
 */
final class SchemaCompiler {
  private static final int MOST_SHAPES = 10_000;

  /** About a second. */
  private static final long MOST_STEPS = 40_000_000;

  private final WorkLimit work;
  private final Products products;
  private final Map<Set<String>, Shape> shapes = new LinkedHashMap<>();
  private final Deque<Set<String>> pending = new ArrayDeque<>();
  private final Map<String, List<String>> exclusive = new LinkedHashMap<>();
  private final Map<String, Set<Integer>> overlapping;
  private final List<Enumeration> enumerations = new ArrayList<>();
  private final boolean asciiOnly;
  private final Patterns patterns;

  private SchemaCompiler(
      Document document,
      Map<String, Set<Integer>> overlapping,
      boolean asciiOnly,
      Patterns patterns,
      WorkLimit work) {
    this.products = new Products(document, overlapping, this::exclude, work);
    this.overlapping = overlapping;
    this.asciiOnly = asciiOnly;
    this.patterns = patterns;
    this.work = work;
  }

  /**
   * The values that a schema admits.
   *
   * @param asciiOnly whether to write other characters as escapes where the schema fixes them
   * @throws UserInputException if a keyword is not honoured, or no value is admitted
   */
  static Shape compile(JsonNode schema, boolean asciiOnly, SchemaRules rules) {
    Document document = new Document(schema, rules);
    WorkLimit work = new WorkLimit("to be prepared", MOST_STEPS);
    Patterns patterns = new Patterns(asciiOnly, rules, work);
    Map<String, Set<Integer>> overlapping = new HashMap<>();
    while (true) {
      SchemaCompiler compiler =
          new SchemaCompiler(document, overlapping, asciiOnly, patterns, work);
      Shape root = compiler.compile();
      Map<String, Set<Integer>> found = compiler.overlaps();
      if (found.isEmpty()) {
        return root;
      }
      overlapping.putAll(found);
    }
  }

  private Shape compile() {
    Shape root = shape(Set.of(""));
    while (!pending.isEmpty()) {
      Set<String> schemas = pending.remove();
      shapes.getOrDefault(schemas, root).become(variants(schemas));
    }
    enumerations.forEach(enumeration -> enumeration.settle(asciiOnly, work));
    Shape.measure(shapes.values());
    if (root.cost(Shape.MOST_LEVELS) == ByteCost.NEVER) {
      throw SchemaNode.refused(
          "",
          "admits no answer with at most "
              + Shape.MOST_LEVELS
              + " objects and arrays in one another: loosen it.");
    }
    return root;
  }

  private Shape shape(Set<String> schemas) {
    Shape known = shapes.get(schemas);
    if (known == null) {
      if (shapes.size() >= MOST_SHAPES) {
        throw SchemaNode.refused("", "is too large: use fewer or simpler schemas in it.");
      }
      known = new Shape();
      shapes.put(schemas, known);
      pending.add(schemas);
    }
    return known;
  }

  private void exclude(String pointer, List<String> options) {
    if (exclusive.put(pointer, options) != null || overlapping.containsKey(pointer)) {
      return; // looked at already, or written so that none overlap
    }
    work.spend((long) options.size() * options.size());
    for (int i = 0; i < options.size(); i++) {
      for (int j = 0; j < i; j++) {
        shape(new TreeSet<>(List.of(options.get(i), options.get(j))));
      }
    }
  }

  /** The options of each oneOf that one value may fit two of. */
  private Map<String, Set<Integer>> overlaps() {
    Map<String, Set<Integer>> found = new HashMap<>();
    exclusive.forEach(
        (pointer, options) -> {
          for (int i = 0; i < options.size() && !overlapping.containsKey(pointer); i++) {
            for (int j = 0; j < i; j++) {
              Shape both = shape(new TreeSet<>(List.of(options.get(i), options.get(j))));
              if (both.cost(Shape.MOST_LEVELS) != ByteCost.NEVER) {
                found.computeIfAbsent(pointer, p -> new TreeSet<>()).addAll(List.of(i, j));
              }
            }
          }
        });
    return found;
  }

  private List<Variant> variants(Set<String> schemas) {
    List<Variant> variants = new ArrayList<>();
    for (Set<String> product : products.of(schemas)) {
      List<SchemaNode> nodes = product.stream().map(products::node).toList();
      List<Variant> typed = new TypedVariants(nodes, asciiOnly, this::shape, patterns, work).all();
      if (nodes.stream().anyMatch(node -> node.has("enum") || node.has("const"))) {
        Enumeration enumeration = new Enumeration(nodes, typed);
        enumerations.add(enumeration);
        variants.add(enumeration);
      } else {
        variants.addAll(typed);
      }
    }
    return variants;
  }
}
