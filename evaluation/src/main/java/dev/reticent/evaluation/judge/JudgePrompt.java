package dev.reticent.evaluation.judge;

import java.nio.charset.StandardCharsets;

/**
 * What the judge is asked.
 *
 * @param system the system message; empty for none
 * @param user the user message
 * @param shape what the reply has to look like
 */
record JudgePrompt(String system, String user, Shape shape) {

  /** The form of a reply. */
  enum Shape {
    /** {@code score: 3}, then {@code justification: …}. */
    TWO_LINES,
    /** A JSON object with justification and score. */
    GRADE,
    /** A JSON object with justification and winner. */
    PREFERENCE
  }

  /**
   * No tokenizer makes more tokens of the messages than this: a token is a byte at least, and the
   * rest is room for roles and the schema.
   */
  long mostTokens() {
    return bytes(system) + bytes(user) + 600L;
  }

  /** A guess at the tokens: about four characters each in English. */
  long likelyTokens() {
    return (system.length() + user.length()) / 4L + 60;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
