package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;

/** What an answer has to look like. */
sealed interface AnswerFormat {

  /** Any text. */
  record Free() implements AnswerFormat {}

  /** A JSON object. */
  record AnyObject() implements AnswerFormat {}

  /** Any text until a call of a tool begins, then JSON that a schema admits. */
  record Calls(JsonNode schema) implements AnswerFormat {}

  /**
   * JSON that a schema admits.
   *
   * @param strict whether the schema must be as OpenAI's {@code strict} asks
   */
  record Schema(JsonNode schema, boolean strict) implements AnswerFormat {}
}
