package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A function that a client offers to the model.
 *
 * @param declared as the client wrote it, for the chat template
 * @param parameters the JSON Schema of its arguments
 * @param size about how many characters a chat template makes of it
 */
record Tool(String name, JsonNode declared, ObjectNode parameters, int size) {
  Tool(String name, JsonNode declared, ObjectNode parameters) {
    this(name, declared, parameters, declared.toString().length());
  }

  /** The schema of its arguments, in which references keep their meaning. */
  ObjectNode schema() {
    ObjectNode schema = parameters.deepCopy();
    if (!schema.has("$id")) {
      schema.put("$id", "tool:" + name);
    }
    if (!schema.has("type")) {
      schema.put("type", "object");
    }
    return schema;
  }
}
