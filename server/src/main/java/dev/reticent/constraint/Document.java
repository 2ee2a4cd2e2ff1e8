package dev.reticent.constraint;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A schema document: its schemas by place, where its references lead, and what rewriting adds to
 * it. Places are JSON pointers.
 */
final class Document {
  /** Under these stand schemas by names, which are no keywords. */
  private static final Set<String> NAMED =
      Set.of(
          "$defs",
          "definitions",
          "dependencies",
          "dependentSchemas",
          "patternProperties",
          "properties");

  /** Objects under these hold no schemas. */
  private static final Set<String> DATA = Set.of("const", "default", "enum", "example", "examples");

  private final JsonNode root;
  private final Draft draft;
  private final SchemaRules rules;
  private final Map<String, SchemaNode> nodes = new HashMap<>();
  private final Map<String, String> places = new HashMap<>(); // by URI, with anchors
  private final Map<String, Integer> dynamic = new HashMap<>(); // how often an anchor is there
  private final Map<String, URI> bases = new HashMap<>(); // by place of a schema with an $id

  Document(JsonNode schema, SchemaRules rules) {
    this.rules = rules;
    this.root = schema.deepCopy(); // rewriting adds to it
    this.draft = Draft.of(schema);
    bases.put("", URI.create(""));
    checkNumbers(root, "");
    index(root, "", URI.create(""), false);
  }

  /**
   * @param named whether it holds schemas by names
   */
  private void index(JsonNode json, String pointer, URI base, boolean named) {
    URI here = base;
    boolean identified = json.path(draft.id()).isTextual() && !draft.reduces(json);
    String id = identified ? json.get(draft.id()).textValue() : "";
    if (id.startsWith("#")) { // what is an anchor now
      places.putIfAbsent(text(base) + id, pointer);
    } else if (!id.isEmpty()) {
      here = resolve(base, id);
      bases.put(pointer, here);
      places.putIfAbsent(text(here), pointer);
    }
    for (String keyword : new String[] {"$anchor", "$dynamicAnchor"}) {
      if (json.path(keyword).isTextual()) {
        String name = json.get(keyword).textValue();
        places.putIfAbsent(text(here) + "#" + name, pointer);
        if (keyword.equals("$dynamicAnchor")) {
          dynamic.merge(name, 1, Integer::sum);
        }
      }
    }
    for (int i = 0; i < json.size() && json.isArray(); i++) {
      index(json.get(i), pointer + "/" + i, here, false);
    }
    if (json.isObject()) {
      for (var field : json.properties()) {
        String key = field.getKey();
        checkName(key, pointer);
        if (named || !DATA.contains(key)) {
          String place = pointer + "/" + SchemaNode.escape(key);
          index(field.getValue(), place, here, !named && NAMED.contains(key));
        }
      }
    }
  }

  /** Some readers of JSON make infinities of what they cannot hold. */
  private static void checkNumbers(JsonNode json, String pointer) {
    if ((json.isDouble() || json.isFloat()) && !Double.isFinite(json.doubleValue())) {
      throw SchemaNode.refused(pointer, "is a number that no double holds: give a smaller one.");
    }
    for (int i = 0; i < json.size() && json.isArray(); i++) {
      checkNumbers(json.get(i), pointer + "/" + i);
    }
    for (var field : json.properties()) {
      checkNumbers(field.getValue(), pointer + "/" + SchemaNode.escape(field.getKey()));
    }
  }

  /** Names that begin as keywords of our own would be read as them. */
  private static void checkName(String name, String pointer) {
    if (name.indexOf(Keywords.OWN) == 0) {
      throw SchemaNode.refused(
          pointer, "has a name that begins with the character U+0001: leave it out.");
    }
  }

  private static URI resolve(URI base, String reference) {
    try {
      return base.resolve(reference);
    } catch (IllegalArgumentException e) {
      return base; // no URI: nothing can refer to it
    }
  }

  /** A URI without its fragment, which is empty in an {@code $id}. */
  private static String text(URI uri) {
    String text = uri.toString();
    int fragment = text.indexOf('#');
    return fragment < 0 ? text : text.substring(0, fragment);
  }

  /** The schema at a place; the opposite of one is made when it is first asked for. */
  SchemaNode node(String pointer) {
    SchemaNode known = nodes.get(pointer);
    if (known == null) {
      JsonNode json = root.at(JsonPointer.compile(pointer));
      String negated = "/" + Keywords.NEGATED;
      if (json.isMissingNode() && pointer.endsWith(negated)) {
        json = negated(pointer.substring(0, pointer.length() - negated.length()));
      }
      boolean given = pointer.indexOf(Keywords.OWN) < 0;
      known = new SchemaNode(pointer, given ? draft.latest(json) : json);
      nodes.put(pointer, known);
    }
    return known;
  }

  private JsonNode negated(String pointer) {
    SchemaNode node = node(pointer);
    JsonNode opposite = Negation.of(node, this::target, rules);
    if (root.at(JsonPointer.compile(pointer)) instanceof ObjectNode object) {
      object.set(Keywords.NEGATED, opposite);
    }
    return opposite;
  }

  /**
   * What {@code dependentRequired}, {@code dependentSchemas} or {@code dependencies} says, in other
   * keywords; the place of it.
   */
  String dependent(SchemaNode node, String keyword) {
    ObjectNode json = (ObjectNode) root.at(JsonPointer.compile(node.pointer()));
    String rewritten = Keywords.rewritten(keyword);
    if (!json.has(rewritten)) {
      ArrayNode all = json.objectNode().arrayNode();
      for (String name : node.keys(keyword)) {
        JsonNode value = node.get(keyword).get(name);
        ArrayNode either = all.addObject().putArray("anyOf");
        either.addObject().putObject("properties").put(name, false);
        ObjectNode with = either.addObject();
        ArrayNode required = with.putArray("required").add(name);
        if (value.isArray()) {
          required.addAll((ArrayNode) value);
        } else {
          with.put(Keywords.AT, node.at(keyword, name));
        }
      }
      json.putObject(rewritten).set("allOf", all);
    }
    return node.at(rewritten);
  }

  /** The place to which {@code $ref} or {@code $dynamicRef} leads. */
  String target(SchemaNode node) {
    return target(node, "$ref");
  }

  String target(SchemaNode node, String keyword) {
    String reference = node.text(keyword);
    int hash = reference.indexOf('#');
    String fragment = hash < 0 ? "" : reference.substring(hash + 1);
    String document = hash < 0 ? reference : reference.substring(0, hash);
    URI base = base(node.pointer());
    String uri = document.isEmpty() ? text(base) : text(resolve(base, document));
    String place = uri.isEmpty() ? "" : places.get(uri);
    if (place == null) {
      if (!document.isEmpty()) {
        throw unknown(node, keyword, reference);
      }
      place = "";
    }
    if (!fragment.isEmpty() && !fragment.startsWith("/")) {
      String anchored = places.get(uri + "#" + fragment);
      if (anchored == null) {
        throw unknown(node, keyword, reference);
      }
      boolean moves =
          keyword.equals("$dynamicRef")
              && root.at(JsonPointer.compile(anchored))
                  .path("$dynamicAnchor")
                  .asText()
                  .equals(fragment);
      if (moves && dynamic.getOrDefault(fragment, 0) > 1) {
        throw node.refused(keyword, "an anchor that one schema has", reference);
      }
      return anchored;
    }
    String pointer = place + decoded(fragment);
    boolean own = pointer.indexOf(Keywords.OWN) >= 0;
    if (own || root.at(JsonPointer.compile(pointer)).isMissingNode()) {
      throw unknown(node, keyword, reference);
    }
    return pointer;
  }

  /** A fragment as a pointer; as it is where it is no URI's, so that nothing is found there. */
  private static String decoded(String fragment) {
    try {
      return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return fragment;
    }
  }

  private static UserInputException unknown(SchemaNode node, String keyword, String reference) {
    return node.refused(keyword, "a place in this schema, such as \"#/$defs/name\"", reference);
  }

  /** The URI against which references at a place are resolved: that of the nearest $id. */
  private URI base(String pointer) {
    String at = pointer;
    while (!bases.containsKey(at)) {
      at = at.substring(0, at.lastIndexOf('/'));
    }
    return bases.getOrDefault(at, URI.create(""));
  }
}
