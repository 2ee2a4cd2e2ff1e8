package dev.reticent.sampling;

import java.util.BitSet;

/**
 * Says which tokens may come next in one answer; state of that answer alone.
 *
 * <p>Before each draw the tokens outside {@link #allowed} are excluded, after biases and penalties
 * and before temperature. Called on the engine's thread only, in turns: {@code allowed}, {@code
 * accept}, {@code allowed}, … An exception from either ends this request with {@link
 * FinishReason#ERROR}, and no other.
 */
public interface TokenConstraint {

  /**
   * The ids that may come next, end tokens among them exactly where the text may end; ids beyond
   * the vocabulary have no effect. If it is empty the request ends with an error. The caller does
   * not change the set and reads it before the next {@link #accept} only.
   */
  BitSet allowed();

  /** Takes the token that was drawn, one of {@link #allowed}; an end token comes last. */
  void accept(int id);

  /** Makes the constraint of an answer; called once for each, on the engine's thread. */
  @FunctionalInterface
  interface Factory {

    /** A constraint at the beginning of its text. */
    TokenConstraint create();
  }
}
