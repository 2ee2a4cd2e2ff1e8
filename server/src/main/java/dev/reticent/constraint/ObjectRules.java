package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.reticent.constraint.Variant.Mapping;
import dev.reticent.constraint.Variant.Member;
import dev.reticent.constraint.Variant.Others;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/** What several schemas together ask of an object. */
final class ObjectRules {
  /** Each subset of them is a kind of name of its own. */
  private static final int MOST_PATTERNS = 6;

  /** Keywords of {@code propertyNames} that are honoured. */
  private static final Set<String> OF_NAMES =
      Set.of("pattern", "format", "minLength", "maxLength", "enum", "const", "type");

  private final List<SchemaNode> nodes;
  private final boolean asciiOnly;
  private final Function<Set<String>, Shape> shapes;
  private final Patterns patterns;
  private final WorkLimit work;
  private final Map<String, Dfa> namePatterns = new LinkedHashMap<>();

  ObjectRules(
      List<SchemaNode> nodes,
      boolean asciiOnly,
      Function<Set<String>, Shape> shapes,
      Patterns patterns,
      WorkLimit work) {
    this.nodes = nodes;
    this.asciiOnly = asciiOnly;
    this.shapes = shapes;
    this.patterns = patterns;
    this.work = work;
  }

  Mapping mapping() {
    for (SchemaNode node : nodes) {
      for (String pattern : node.keys("patternProperties")) {
        namePatterns.computeIfAbsent(
            pattern, p -> patterns.pattern(node.at("patternProperties", p), p));
      }
    }
    StringRule rule = nameRule();
    Set<String> names = new LinkedHashSet<>();
    Set<String> required = new LinkedHashSet<>();
    nodes.forEach(node -> names.addAll(node.keys("properties")));
    nodes.forEach(node -> required.addAll(node.names("required")));
    names.addAll(required);
    List<Member> members = new ArrayList<>();
    List<byte[]> taken = new ArrayList<>();
    work.spend(20L * names.size() * nodes.size());
    for (String name : names) {
      byte[] quoted = JsonText.utf8(JsonText.quote(name, asciiOnly));
      Shape shape = rule.accepts(name) ? member(name) : Shape.NOTHING;
      members.add(new Member(name, shape, required.contains(name), quoted));
      // A free name is compared as it is written there, which is never with such escapes.
      taken.add(JsonText.closed(name));
    }
    checkCounts(required.size(), members.size());
    return new Mapping(members, others(rule), Literals.of(taken));
  }

  /** How many members there are is not counted, so it must follow from the rest. */
  private void checkCounts(int required, int members) {
    boolean closed =
        namePatterns.isEmpty()
            && nodes.stream()
                .anyMatch(n -> n.get("additionalProperties").equals(BooleanNode.FALSE));
    for (SchemaNode node : nodes) {
      if (node.count("minProperties", 0) > required) {
        throw SchemaNode.refused(
            node.at("minProperties"), "is more than the required members: require them by name.");
      }
      int most = node.count("maxProperties", Integer.MAX_VALUE);
      if (most < (closed ? members : Integer.MAX_VALUE)) {
        throw SchemaNode.refused(
            node.at("maxProperties"),
            "is honoured only where additionalProperties is false and properties are no more.");
      }
    }
  }

  private Shape member(String name) {
    byte[] body = JsonText.body(name);
    return shapes.apply(schemas(Optional.of(name), pattern -> pattern.matches(body)));
  }

  /**
   * The schemas of a member.
   *
   * @param name empty where no schema lists it
   * @param fits which patterns its name fits
   */
  private Set<String> schemas(Optional<String> name, Predicate<Dfa> fits) {
    Set<String> schemas = new TreeSet<>();
    for (SchemaNode node : nodes) {
      boolean known = name.filter(node.get("properties")::has).isPresent();
      if (known) {
        schemas.add(node.at("properties", name.orElseThrow()));
      }
      for (String pattern : node.keys("patternProperties")) {
        if (fits.test(namePatterns.getOrDefault(pattern, StringRule.ANY))) {
          schemas.add(node.at("patternProperties", pattern));
          known = true;
        }
      }
      if (!known) {
        node.otherMembers().ifPresent(schemas::add);
      }
    }
    return schemas;
  }

  /** Members that no schema lists, by the patterns that their names fit. */
  private List<Others> others(StringRule rule) {
    List<String> all = List.copyOf(namePatterns.keySet());
    if (all.size() > MOST_PATTERNS) {
      throw SchemaNode.refused(
          place("patternProperties"), "has more than " + MOST_PATTERNS + " patterns: use fewer.");
    }
    List<Others> others = new ArrayList<>();
    for (int subset = 0; subset < 1 << all.size(); subset++) {
      Set<Dfa> fitting = new LinkedHashSet<>();
      List<Dfa> is = new ArrayList<>(rule.patterns());
      List<Dfa> not = new ArrayList<>(rule.not());
      for (int i = 0; i < all.size(); i++) {
        Dfa pattern = namePatterns.getOrDefault(all.get(i), StringRule.ANY);
        (((subset >> i) & 1) == 1 ? is : not).add(pattern);
        if (((subset >> i) & 1) == 1) {
          fitting.add(pattern);
        }
      }
      Dfa names = names(new StringRule(rule.least(), rule.most(), is, not));
      if (names.distance(0) != ByteCost.NEVER) {
        others.add(new Others(names, shapes.apply(schemas(Optional.empty(), fitting::contains))));
      }
    }
    return others;
  }

  private Dfa names(StringRule rule) {
    return rule.equals(StringRule.NAMES)
        ? StringRule.ANY
        : patterns
            .strings(rule)
            .orElseThrow(() -> Patterns.tooLarge(place("patternProperties"), "with the others"));
  }

  private String place(String keyword) {
    return nodes.stream()
        .filter(n -> n.has(keyword))
        .findFirst()
        .map(n -> n.at(keyword))
        .orElse("");
  }

  /** What {@code propertyNames} asks. */
  private StringRule nameRule() {
    StringRule rule = StringRule.NAMES;
    for (SchemaNode node : nodes) {
      if (node.has("propertyNames")) {
        rule = narrowed(rule, new SchemaNode(node.at("propertyNames"), node.get("propertyNames")));
      }
    }
    return rule;
  }

  private StringRule narrowed(StringRule rule, SchemaNode names) {
    List<Dfa> is = new ArrayList<>(rule.patterns());
    List<Dfa> not = new ArrayList<>(rule.not());
    if (names.json().isBoolean() || !names.types().contains("string")) {
      boolean none = !names.json().asBoolean();
      return none ? new StringRule(1, 0, is, not) : rule;
    }
    for (var field : names.json().properties()) {
      if (Keywords.HONOURED.contains(field.getKey()) && !OF_NAMES.contains(field.getKey())) {
        throw SchemaNode.refused(
            names.at(field.getKey()), "is not honoured for names: use pattern or enum.");
      }
    }
    is.addAll(patterns.of(names));
    if (names.has("enum") || names.has("const")) {
      List<JsonNode> values = new ArrayList<>();
      (names.has("enum") ? names.get("enum") : List.of(names.get("const"))).forEach(values::add);
      is.add(patterns.texts(names.pointer(), values.stream().filter(JsonNode::isTextual).toList()));
    }
    return new StringRule(
        Math.max(rule.least(), names.count("minLength", 0)),
        Math.min(rule.most(), names.count("maxLength", StringPosition.UNBOUNDED)),
        is,
        not);
  }
}
