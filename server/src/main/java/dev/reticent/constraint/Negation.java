package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The schema of what another does not admit, where there is an exact one.
 *
 * <p>A schema is the conjunction of its keywords, so its opposite is the alternative of theirs. A
 * keyword whose opposite cannot be written as keywords is refused with its place.
 */
final class Negation {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Keywords that only restrict others which are turned round themselves. */
  private static final Set<String> COVERED =
      Set.of("exclusiveMinimum", "exclusiveMaximum", "$id", "$anchor", "$dynamicAnchor");

  private final SchemaNode node;
  private final Places places;
  private final SchemaRules rules;
  private final ArrayNode options = JSON.arrayNode();

  /** How a negation refers to other schemas of the document. */
  interface Places {
    /** The place to which a reference leads. */
    String target(SchemaNode node);
  }

  private Negation(SchemaNode node, Places places, SchemaRules rules) {
    this.node = node;
    this.places = places;
    this.rules = rules;
  }

  /** A schema that admits what {@code node} does not. */
  static JsonNode of(SchemaNode node, Places places, SchemaRules rules) {
    if (node.json().isBoolean()) {
      return JSON.booleanNode(!node.json().booleanValue());
    }
    return new Negation(node, places, rules).all();
  }

  private JsonNode all() {
    for (var field : node.json().properties()) {
      turn(field.getKey());
    }
    for (String bound : List.of("exclusiveMinimum", "exclusiveMaximum")) {
      if (node.has(bound)) {
        option("number")
            .set(bound.equals("exclusiveMinimum") ? "maximum" : "minimum", node.get(bound));
      }
    }
    return options.isEmpty() ? JSON.booleanNode(false) : JSON.objectNode().set("anyOf", options);
  }

  private ObjectNode option(String type) {
    return options.addObject().put("type", type);
  }

  private void turn(String keyword) {
    switch (keyword) {
      case "type" -> types();
      case "const" -> others(List.of(node.get("const")), keyword);
      case "enum" -> {
        List<JsonNode> values = new ArrayList<>();
        node.get("enum").forEach(values::add);
        others(values, keyword);
      }
      case "required" ->
          node.names("required")
              .forEach(name -> option("object").putObject("properties").put(name, false));
      case "properties" -> node.keys("properties").forEach(this::property);
      case "allOf" -> node.parts("allOf").forEach(part -> options.add(not(part)));
      case "anyOf" -> none(node.parts("anyOf"));
      case "oneOf" -> noneOrTwo(node.parts("oneOf"));
      case "not" -> options.add(at(node.at("not")));
      case "$ref" -> options.add(not(places.target(node)));
      case "minimum" -> option("number").set("exclusiveMaximum", node.get(keyword));
      case "maximum" -> option("number").set("exclusiveMinimum", node.get(keyword));
      case "minLength" -> fewer("string", "maxLength", node.count(keyword, 0));
      case "maxLength" -> more("string", "minLength", node.count(keyword, 0));
      case "minItems" -> fewer("array", "maxItems", node.count(keyword, 0));
      case "maxItems" -> more("array", "minItems", node.count(keyword, 0));
      case "pattern" ->
          option("string")
              .putObject(Keywords.NOT_PATTERNS)
              .put(node.at(keyword), node.text(keyword));
      case "format" -> {
        if (rules.asserts(node.text("format"))) {
          throw inexact(keyword);
        }
      }
      default -> {
        if (Keywords.HONOURED.contains(keyword) && !COVERED.contains(keyword)) {
          if (!admitsAll(node.get(keyword))) {
            throw inexact(keyword);
          }
        }
      }
    }
  }

  private static boolean admitsAll(JsonNode schema) {
    return (schema.isBoolean() && schema.booleanValue()) || (schema.isObject() && schema.isEmpty());
  }

  private RuntimeException inexact(String keyword) {
    return SchemaNode.refused(
        node.at(keyword), "has no exact opposite, which not or an overlapping oneOf asks for.");
  }

  private static ObjectNode at(String pointer) {
    return JSON.objectNode().put(Keywords.AT, pointer);
  }

  private static ObjectNode not(String pointer) {
    return at(pointer + "/" + Keywords.NEGATED);
  }

  private void fewer(String type, String keyword, int count) {
    if (count > 0) {
      option(type).put(keyword, count - 1);
    }
  }

  private void more(String type, String keyword, int count) {
    if (count < Integer.MAX_VALUE) {
      option(type).put(keyword, count + 1);
    }
  }

  private void types() {
    Set<String> rest = new TreeSet<>(SchemaNode.TYPES);
    rest.removeAll(node.types());
    if (node.types().contains("number")) {
      rest.remove("integer");
    } else if (node.types().contains("integer")) {
      throw inexact("type"); // numbers that are not whole
    }
    if (!rest.isEmpty()) {
      ArrayNode types = options.addObject().putArray("type");
      rest.forEach(types::add);
    }
  }

  private void property(String name) {
    if (!admitsAll(node.get("properties").get(name))) {
      ObjectNode option = option("object");
      option.putArray("required").add(name);
      option.putObject("properties").set(name, not(node.at("properties", name)));
    }
  }

  private void none(List<String> parts) {
    ArrayNode all = options.addObject().putArray("allOf");
    parts.forEach(part -> all.add(not(part)));
  }

  private void noneOrTwo(List<String> parts) {
    none(parts);
    for (int i = 0; i < parts.size(); i++) {
      for (int j = 0; j < i; j++) {
        options.addObject().putArray("allOf").add(at(parts.get(i))).add(at(parts.get(j)));
      }
    }
  }

  /** Values other than some: those of other types, and those of each type that are not listed. */
  private void others(List<JsonNode> values, String keyword) {
    ArrayNode all = options.addObject().putArray("allOf");
    ArrayNode strings = JSON.arrayNode();
    Set<String> words = new TreeSet<>();
    for (JsonNode value : values) {
      if (value.isTextual()) {
        strings.add(value);
      } else if (value.isNumber()) {
        ArrayNode either = all.addObject().putArray("anyOf");
        ArrayNode types = either.addObject().putArray("type");
        SchemaNode.TYPES.stream()
            .filter(t -> !t.matches("number|integer"))
            .sorted()
            .forEach(types::add);
        either.addObject().put("type", "number").set("exclusiveMaximum", value);
        either.addObject().put("type", "number").set("exclusiveMinimum", value);
      } else if (value.isContainerNode()) {
        throw inexact(keyword);
      } else {
        words.add(value.toString());
      }
    }
    if (!strings.isEmpty()) {
      all.addObject().putObject(Keywords.NOT_STRINGS).set(node.at(keyword), strings);
    }
    if (!words.isEmpty()) {
      ArrayNode either = all.addObject().putArray("anyOf");
      ArrayNode types = either.addObject().putArray("type");
      SchemaNode.TYPES.stream()
          .filter(t -> !(t.equals("null") && words.contains("null")))
          .filter(
              t -> !(t.equals("boolean") && (words.contains("true") || words.contains("false"))))
          .sorted()
          .forEach(types::add);
      for (boolean word : new boolean[] {true, false}) {
        if ((words.contains("true") || words.contains("false")) && !words.contains("" + word)) {
          either.addObject().put("const", word);
        }
      }
    }
  }
}
