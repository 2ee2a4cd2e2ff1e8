package dev.reticent.evaluation.judge;

import java.nio.charset.StandardCharsets;

/**
 * What the judge is asked.
 *
 * @param system the system message; empty for none
 * @param user the user message
 * @param shape what the reply has to look like
 * @param matter what the messages are about, for judges that are programs
 */
record JudgePrompt(String system, String user, Shape shape, Matter matter) {

  /** What is judged. */
  sealed interface Matter {
    /** The right answer. */
    String target();
  }

  /** One answer on one criterion. */
  record Graded(Criterion criterion, String answer, String target) implements Matter {}

  /** Two answers beside each other. */
  record Compared(String first, String second, String target) implements Matter {}

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
