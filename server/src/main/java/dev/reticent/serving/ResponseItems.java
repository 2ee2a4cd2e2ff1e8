package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The items of a response's output. */
final class ResponseItems {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final String unique;
  private int calls;

  /**
   * @param unique no other response has it
   */
  ResponseItems(String unique) {
    this.unique = unique;
  }

  String messageId() {
    return "msg_" + unique;
  }

  /** A message that has not said anything yet. */
  ObjectNode openMessage() {
    ObjectNode message = JSON.objectNode().put("id", messageId()).put("type", "message");
    message.put("role", "assistant").put("status", "in_progress").putArray("content");
    return message;
  }

  ObjectNode message(String text, ArrayNode logprobs, String status) {
    ObjectNode message = openMessage().put("status", status);
    message.withArray("content").add(text(text, logprobs));
    return message;
  }

  /** The one part of a message. */
  ObjectNode text(String text, ArrayNode logprobs) {
    ObjectNode part = JSON.objectNode().put("type", "output_text").put("text", text);
    part.putArray("annotations");
    return part.set("logprobs", logprobs);
  }

  /**
   * A call.
   *
   * @param made in the shape of chat completions
   */
  ObjectNode call(JsonNode made) {
    ObjectNode call = JSON.objectNode().put("id", "fc_" + unique + calls++);
    call.put("type", "function_call").put("status", "completed");
    call.put("call_id", made.get("id").asText());
    call.put("name", made.at("/function/name").asText());
    return call.put("arguments", made.at("/function/arguments").asText());
  }
}
