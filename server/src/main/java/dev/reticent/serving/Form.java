package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;

/** What an answer has to look like. */
sealed interface Form {

  /** Any text. */
  record Free() implements Form {}

  /** A JSON object. */
  record AnyObject() implements Form {}

  /** Any text until a call of a tool begins, then JSON that a schema admits. */
  record Calls(JsonNode schema) implements Form {}

  /** JSON that a schema admits. */
  record Schema(JsonNode schema) implements Form {}
}
