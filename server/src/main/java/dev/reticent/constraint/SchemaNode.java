package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One schema object inside a schema document, and how its keywords are read. */
record SchemaNode(String pointer, JsonNode json) {
  private static final Set<String> TYPES =
      Set.of("array", "boolean", "integer", "null", "number", "object", "string");

  /**
   * Looks at every keyword's name.
   *
   * @throws UserInputException if the schema is none, or holds a keyword that is not understood
   */
  SchemaNode {
    if (!json.isObject() && !json.isBoolean()) {
      throw refused(pointer, "is " + json + ": a schema is an object, true or false.");
    }
    for (var field : json.properties()) {
      String name = field.getKey();
      if (!Keywords.HONOURED.contains(name) && !Keywords.WITHOUT_EFFECT.contains(name)) {
        String hint =
            name.equals("nullable") ? "; write \"type\": [\"string\", \"null\"] instead" : "";
        throw refused(
            pointer + "/" + escape(name),
            "is a keyword that constrained decoding does not honour: remove it" + hint + ".");
      }
    }
  }

  static UserInputException refused(String pointer, String what) {
    return new UserInputException("The JSON schema at #" + pointer + " " + what);
  }

  UserInputException refused(String keyword, String expected, Object got) {
    return refused(at(keyword), "is " + got + ": give " + expected + ".");
  }

  private static String escape(String name) {
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
}
