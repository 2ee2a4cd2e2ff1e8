package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.HashSet;
import java.util.Set;

/**
 * What OpenAI's {@code strict} asks of a schema beyond its draft: an object at the root; objects
 * that require each of their members and admit no others; no keyword that nobody knows.
 */
final class StrictSchema {
  /** Keywords that hold a schema, or a list of them. */
  private static final Set<String> SCHEMAS =
      Set.of(
          "additionalItems",
          "allOf",
          "anyOf",
          "else",
          "if",
          "items",
          "not",
          "oneOf",
          "prefixItems",
          "then",
          "unevaluatedItems");

  /** Keywords that hold schemas by name. */
  private static final Set<String> NAMED =
      Set.of("$defs", "definitions", "dependentSchemas", "patternProperties", "properties");

  private StrictSchema() {}

  static void check(JsonNode schema) {
    if (!schema.path("type").asText().equals("object") || schema.has("anyOf")) {
      throw SchemaNode.refused("", "is strict, so its type must be object, without anyOf there.");
    }
    schema(schema, "");
  }

  private static void schema(JsonNode schema, String pointer) {
    if (!schema.isObject()) {
      return; // true or false, or what the compiler refuses
    }
    SchemaNode node = new SchemaNode(pointer, schema);
    for (var field : schema.properties()) {
      String keyword = field.getKey();
      if (!Keywords.HONOURED.contains(keyword) && !Keywords.WITHOUT_EFFECT.contains(keyword)) {
        throw SchemaNode.refused(
            pointer + "/" + SchemaNode.escape(keyword),
            "is no keyword that strict allows: remove it, or leave strict out.");
      }
      if (SCHEMAS.contains(keyword)) {
        inside(field.getValue(), node.at(keyword));
      } else if (NAMED.contains(keyword)) {
        for (var named : field.getValue().properties()) {
          schema(named.getValue(), node.at(keyword, named.getKey()));
        }
      }
    }
    if (node.has("properties") || (node.has("type") && node.types().contains("object"))) {
      object(node);
    }
  }

  private static void inside(JsonNode value, String pointer) {
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      schema(value.get(i), pointer + "/" + i);
    }
    schema(value, pointer);
  }

  private static void object(SchemaNode node) {
    if (!node.get("additionalProperties").equals(BooleanNode.FALSE)) {
      throw SchemaNode.refused(
          node.pointer(), "is strict, so it must have \"additionalProperties\": false.");
    }
    Set<String> required = new HashSet<>(node.names("required"));
    for (String name : node.keys("properties")) {
      if (!required.contains(name)) {
        throw SchemaNode.refused(
            node.at("properties", name),
            "is strict, so \"required\" must name it: give it the type null too where it may be"
                + " left out.");
      }
    }
  }
}
