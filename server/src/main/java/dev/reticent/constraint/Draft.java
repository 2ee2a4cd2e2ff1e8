package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * The draft of JSON Schema that a document names in {@code $schema}, else the latest. A keyword
 * that came later is an annotation in it, as any name that it does not know.
 */
enum Draft {
  V4("draft-04"),
  V6("draft-06", "$id", "const", "contains", "propertyNames"),
  V7("draft-07", "if", "then", "else"),
  V2019(
      "2019-09",
      "$anchor",
      "$recursiveRef",
      "dependentRequired",
      "dependentSchemas",
      "maxContains",
      "minContains",
      "unevaluatedItems",
      "unevaluatedProperties"),
  V2020("2020-12", "$dynamicAnchor", "$dynamicRef", "prefixItems");

  private final String sign;

  @SuppressWarnings("ImmutableEnumChecker") // never changed
  private final Set<String> brought;

  /**
   * @param sign what its name in {@code $schema} holds
   * @param brought keywords that the draft before has not
   */
  Draft(String sign, String... brought) {
    this.sign = sign;
    this.brought = Set.of(brought);
  }

  static Draft of(JsonNode document) {
    String named = document.path("$schema").asText();
    for (Draft draft : values()) {
      if (named.contains(draft.sign)) {
        return draft;
      }
    }
    return V2020;
  }

  /** The keyword that names a schema. */
  String id() {
    return this == V4 ? "id" : "$id";
  }

  /** Whether a schema is its {@code $ref} alone, and nothing beside that counts, an id included. */
  boolean reduces(JsonNode schema) {
    return compareTo(V2019) < 0 && schema.path("$ref").isTextual();
  }

  /** A schema of this draft with the keywords that the latest has for what it says. */
  JsonNode latest(JsonNode schema) {
    if (this == V2020 || !schema.isObject()) {
      return schema;
    }
    ObjectNode latest = ((ObjectNode) schema).objectNode();
    latest.setAll((ObjectNode) schema);
    if (reduces(schema)) {
      return latest.retain("$ref");
    }
    for (Draft later : values()) {
      if (later.compareTo(this) > 0) {
        latest.remove(later.brought);
      }
    }
    if (this == V4) {
      exclusive(latest, "minimum", "exclusiveMinimum");
      exclusive(latest, "maximum", "exclusiveMaximum");
    }
    return latest;
  }

  /** Here {@code exclusiveMinimum} says of {@code minimum} whether it is excluded itself. */
  private static void exclusive(ObjectNode schema, String bound, String flag) {
    if (schema.path(flag).isBoolean()) {
      boolean excluded = schema.remove(flag).booleanValue();
      JsonNode value = schema.path(bound);
      if (excluded && !value.isMissingNode()) {
        schema.remove(bound);
        schema.set(flag, value);
      }
    }
  }
}
