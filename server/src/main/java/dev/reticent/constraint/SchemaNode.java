package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.reticent.config.UserInputException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One schema object inside a schema document, and how its keywords are read. */
record SchemaNode(String pointer, JsonNode json) {
  private static final List<String> IN_PLACE =
      List.of("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas");

  /** Characters of a schema that a message repeats. */
  private static final int MOST_SHOWN = 300;

  static final Set<String> TYPES =
      Set.of("array", "boolean", "integer", "null", "number", "object", "string");

  /**
   * Looks for keywords that are not honoured.
   *
   * @throws UserInputException if the schema is none, or holds such a keyword
   */
  SchemaNode {
    if (!json.isObject() && !json.isBoolean()) {
      throw refused(pointer, "is " + shown(json) + ": a schema is an object, true or false.");
    }
    for (String name : Keywords.REFUSED) {
      if (json.has(name)) {
        throw refused(
            pointer + "/" + escape(name),
            "is a keyword that constrained decoding does not honour: remove it.");
      }
    }
    if (json.path("nullable").asBoolean()) {
      throw refused(
          pointer + "/nullable",
          "is no keyword of JSON Schema: write \"type\": [\"string\", \"null\"] instead.");
    }
  }

  static UserInputException refused(String pointer, String what) {
    return new UserInputException(
        "The JSON schema at #" + shown(Keywords.given(pointer)) + " " + what);
  }

  /** A part of a schema in a message, no longer than anybody reads. */
  static String shown(Object part) {
    String text = String.valueOf(part);
    int end =
        text.offsetByCodePoints(0, Math.min(MOST_SHOWN, text.codePointCount(0, text.length())));
    return end < text.length() ? text.substring(0, end) + "\u2026" : text;
  }

  UserInputException refused(String keyword, String expected, Object got) {
    return refused(at(keyword), "is " + shown(got) + ": give " + expected + ".");
  }

  static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  String at(String keyword) {
    return pointer + "/" + keyword;
  }

  String at(String keyword, String name) {
    return at(keyword) + "/" + escape(name);
  }

  boolean has(String keyword) {
    return json.has(keyword);
  }

  JsonNode get(String keyword) {
    return json.path(keyword);
  }

  /** The types that are admitted, all of them where the schema does not say. */
  Set<String> types() {
    if (!has("type")) {
      return TYPES;
    }
    JsonNode type = get("type");
    Set<String> types = new TreeSet<>();
    for (JsonNode one : type.isArray() ? type : List.of(type)) {
      if (!one.isTextual() || !TYPES.contains(one.textValue())) {
        throw refused("type", "one or more of " + new TreeSet<>(TYPES), type);
      }
      types.add(one.textValue());
    }
    return types;
  }

  int count(String keyword, int otherwise) {
    if (!has(keyword)) {
      return otherwise;
    }
    JsonNode value = get(keyword);
    boolean whole = value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
    if (!whole || value.decimalValue().signum() < 0 || !value.canConvertToInt()) {
      throw refused(keyword, "a whole number from 0 to " + Integer.MAX_VALUE, value);
    }
    return value.intValue();
  }

  /** A number as a reader of doubles sees it. */
  BigDecimal number(String keyword) {
    JsonNode value = get(keyword);
    if (!value.isNumber()) {
      throw refused(keyword, "a number", value);
    }
    return value.isIntegralNumber()
        ? value.decimalValue()
        : BigDecimal.valueOf(value.doubleValue());
  }

  String text(String keyword) {
    JsonNode value = get(keyword);
    if (!value.isTextual()) {
      throw refused(keyword, "a string", value);
    }
    return value.textValue();
  }

  List<String> names(String keyword) {
    List<String> names = new ArrayList<>();
    JsonNode value = get(keyword);
    boolean good = !has(keyword) || value.isArray();
    for (JsonNode name : value) {
      good &= name.isTextual();
      names.add(name.asText());
    }
    if (!good) {
      throw refused(keyword, "a list of names", value);
    }
    return names;
  }

  /** The names of the schemas that an object-valued keyword holds. */
  List<String> keys(String keyword) {
    if (has(keyword) && !get(keyword).isObject()) {
      throw refused(keyword, "an object of schemas", get(keyword));
    }
    List<String> keys = new ArrayList<>();
    get(keyword).fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** The places of the schemas that a list-valued keyword holds. */
  List<String> parts(String keyword) {
    JsonNode value = get(keyword);
    if (!value.isArray() || value.isEmpty()) {
      throw refused(keyword, "a list of one or more schemas", value);
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      parts.add(at(keyword) + "/" + i);
    }
    return parts;
  }

  /** The places of schemas for the first items, one by one. */
  List<String> firstItems() {
    String keyword = has("prefixItems") ? "prefixItems" : "items";
    List<String> places = new ArrayList<>();
    if (has("prefixItems") || get("items").isArray()) {
      if (!get(keyword).isArray()) {
        throw refused(keyword, "a list of schemas", get(keyword));
      }
      for (int i = 0; i < get(keyword).size(); i++) {
        places.add(at(keyword) + "/" + i);
      }
    }
    return places;
  }

  /** The place of the schema for the items after the first; empty for any. */
  Optional<String> otherItems() {
    if (has("items") && !get("items").isArray()) {
      return Optional.of(at("items"));
    }
    if (get("items").isArray() && has("additionalItems")) {
      return Optional.of(at("additionalItems"));
    }
    return unevaluated("unevaluatedItems");
  }

  /** The place of the schema for members that no other keyword speaks of; empty for any. */
  Optional<String> otherMembers() {
    return has("additionalProperties")
        ? Optional.of(at("additionalProperties"))
        : unevaluated("unevaluatedProperties");
  }

  /** Where nothing is evaluated in place, what is unevaluated is what is additional. */
  private Optional<String> unevaluated(String keyword) {
    JsonNode value = get(keyword);
    if (value.isMissingNode()
        || value.equals(BooleanNode.TRUE)
        || (value.isObject() && value.isEmpty())) {
      return Optional.empty();
    }
    for (String inPlace : IN_PLACE) {
      if (has(inPlace)) {
        throw refused(
            at(keyword), "is not honoured beside " + inPlace + ": write additionalProperties.");
      }
    }
    return Optional.of(at(keyword));
  }
}
