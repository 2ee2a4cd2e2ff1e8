package dev.reticent.constraint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.SplittableRandom;

/** Schemas of every honoured keyword, some without any valid value. */
final class RandomSchemas {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> NAMES =
      List.of("a", "b", "name", "näme", "kind", "quo\"te", "back\\slash", "日本", "", "new\nline");
  private static final List<String> PATTERNS =
      List.of(
          "^[a-z]{2,5}$",
          "^\\d{3}-\\d{4}$",
          "ab+c",
          "^(yes|no|maybe)$",
          "^[^\"\\\\]{0,3}$",
          "é|ü",
          "^[A-Z]\\w*$",
          "^.{3}$",
          "\\S\\s\\S",
          "^(?:[0-9a-f]{2}:){2}[0-9a-f]{2}$",
          "x?y$",
          "^😀{1,2}$",
          "^\\u0041\\x42");

  private final SplittableRandom random;

  RandomSchemas(long seed) {
    this.random = new SplittableRandom(seed);
  }

  ObjectNode next() {
    ObjectNode root = schema(3);
    ObjectNode definitions = JSON.objectNode();
    definitions.set("leaf", schema(0));
    ObjectNode tree = object(1);
    ((ObjectNode) tree.path("properties")).putObject("child").put("$ref", "#/$defs/tree");
    ObjectNode list = JSON.objectNode().put("type", "array");
    list.putObject("items").put("$ref", "#/$defs/tree");
    ((ObjectNode) tree.path("properties")).set("children", list);
    definitions.set("tree", tree);
    root.set("$defs", definitions);
    return root;
  }

  private boolean chance(double p) {
    return random.nextDouble() < p;
  }

  private <T> T one(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private ObjectNode schema(int depth) {
    int kind = random.nextInt(depth > 0 ? 14 : 7);
    return switch (kind) {
      case 0 -> JSON.objectNode().put("type", one(List.of("null", "boolean")));
      case 1 -> numeric("integer");
      case 2 -> numeric("number");
      case 3 -> string();
      case 4 -> JSON.objectNode().put("pattern", one(PATTERNS)).put("type", "string");
      case 5 -> values();
      case 6 ->
          JSON.objectNode()
              .put("type", "string")
              .put("format", one(List.copyOf(Formats.PATTERNS.keySet())));
      case 7, 8 -> object(depth);
      case 9 -> array(depth);
      case 10 -> options("anyOf", depth);
      case 11 -> merged(depth);
      case 12 -> tagged(depth);
      default ->
          chance(0.3)
              ? JSON.objectNode()
              : JSON.objectNode().put("$ref", chance(0.5) ? "#/$defs/leaf" : "#/$defs/tree");
    };
  }

  private ObjectNode numeric(String type) {
    ObjectNode schema = JSON.objectNode().put("type", type);
    double low = Math.round((random.nextDouble() - 0.5) * 4000) / (chance(0.5) ? 1.0 : 16.0);
    if (chance(0.4)) {
      schema.put(chance(0.5) ? "minimum" : "exclusiveMinimum", low);
    }
    if (chance(0.4)) {
      schema.put(
          chance(0.5) ? "maximum" : "exclusiveMaximum", low + random.nextInt(300) / 8.0 - 0.5);
    }
    return schema;
  }

  private ObjectNode string() {
    ObjectNode schema = JSON.objectNode().put("type", "string");
    int least = random.nextInt(6);
    if (chance(0.5)) {
      schema.put("minLength", least);
    }
    if (chance(0.5)) {
      schema.put("maxLength", least + random.nextInt(8));
    }
    return schema;
  }

  private ObjectNode values() {
    ArrayNode values = JSON.arrayNode();
    values.add("é\u0001").add(12).add(1.5).add(true).addNull().add("12").add("x/y").add(-0.25);
    values.addObject().put("a", 1).putArray("b").add("}").addNull();
    for (int i = values.size(); i > 0 && values.size() > 1; i--) {
      if (chance(0.6)) {
        values.remove(random.nextInt(values.size()));
      }
    }
    ObjectNode schema = JSON.objectNode();
    if (chance(0.3)) {
      schema.set("const", values.get(0));
    } else {
      schema.set("enum", values);
    }
    if (chance(0.3)) {
      schema.putArray("type").add("string").add("integer").add("object");
    }
    return schema;
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String name = one(NAMES);
      properties.set(name, schema(depth - 1));
      if (chance(0.6)) {
        required.add(name);
      }
    }
    if (chance(0.1)) {
      required.add("besides");
    }
    if (chance(0.5)) {
      schema.put("additionalProperties", false);
    } else if (chance(0.6)) {
      schema.set("additionalProperties", schema(depth - 1));
    }
    return schema;
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = JSON.objectNode().put("type", "array");
    if (chance(0.4)) {
      schema.putArray("prefixItems").add(schema(depth - 1)).add(schema(depth - 1));
    }
    if (chance(0.7)) {
      schema.set("items", schema(depth - 1));
    }
    int least = random.nextInt(4);
    if (chance(0.5)) {
      schema.put("minItems", least);
    }
    if (chance(0.5)) {
      schema.put("maxItems", least + random.nextInt(3));
    }
    return schema;
  }

  private ObjectNode options(String keyword, int depth) {
    ObjectNode schema = JSON.objectNode();
    ArrayNode options = schema.putArray(keyword);
    options.add(schema(depth - 1)).add(schema(depth - 1));
    if (chance(0.3)) {
      options.addObject().put("type", "null");
    }
    return schema;
  }

  private ObjectNode merged(int depth) {
    if (chance(0.3)) {
      ObjectNode strings = JSON.objectNode().put("type", "string");
      strings.putArray("allOf").add(string()).add(string()).addObject().put("pattern", "[a-e]");
      return strings;
    }
    ObjectNode schema = JSON.objectNode();
    schema.putArray("allOf").add(object(depth - 1)).add(object(depth - 1));
    return schema;
  }

  private ObjectNode tagged(int depth) {
    ObjectNode schema = JSON.objectNode();
    ArrayNode options = schema.putArray("oneOf");
    for (String tag : List.of("circle", "circles", "square")) {
      ObjectNode option = object(depth - 1);
      ((ObjectNode) option.path("properties")).putObject("kind").put("const", tag);
      ((ArrayNode) option.path("required")).add("kind");
      options.add(option);
    }
    return schema;
  }
}
