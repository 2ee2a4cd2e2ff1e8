package dev.reticent.run;

import dev.reticent.sampling.FinishReason;
import dev.reticent.sampling.Generation;

/**
 * The answer to a row of a table.
 *
 * @param prompt what was asked last
 * @param text the answer
 * @param tokens its length
 * @param error why there is no answer, when it failed; else empty
 */
public record RowAnswer(
    String id, String prompt, String text, int tokens, FinishReason finish, String error) {

  /** What a model said to a row. */
  public static RowAnswer of(String id, String prompt, Generation said) {
    return new RowAnswer(
        id, prompt, said.text(), said.tokens().size(), said.finishReason(), said.error());
  }
}
