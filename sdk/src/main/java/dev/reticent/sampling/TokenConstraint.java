package dev.reticent.sampling;

import dev.reticent.api.Internal;
import java.util.BitSet;
import java.util.List;

/**
 * Says which tokens may come next in one answer; state of that answer alone.
 *
 * <p>Before each draw the tokens outside {@link #allowed} are excluded, after biases and penalties
 * and before temperature. Called on one thread at a time, which need not be the queue's, in turns:
 * {@code allowed}, {@code accept}, {@code allowed}, … An exception from either ends this request
 * and no other: a {@link dev.reticent.config.UserInputException} with {@link
 * FinishReason#CONSTRAINT} and its message, any other with {@link FinishReason#ERROR}.
 */
@Internal
public interface TokenConstraint {

  /**
   * The ids that may come next, end tokens among them exactly where the text may end; ids beyond
   * the vocabulary have no effect. If it is empty the request ends with an error. The caller does
   * not change the set and reads it before the next {@link #accept} only.
   */
  BitSet allowed();

  /**
   * Tokens that come next where the text has one way on, as {@link #allowed} was asked: a guess at
   * how that text is cut into tokens. They are computed in one go and then drawn like all others,
   * so a right guess spares steps and a wrong one changes nothing.
   */
  default List<Integer> expected() {
    return List.of();
  }

  /** Takes the token that was drawn, one of {@link #allowed}; an end token comes last. */
  void accept(int id);

  /**
   * Whether the text is complete and nothing but an end token may follow, so that an answer that
   * stops here for want of tokens is not cut short.
   */
  default boolean over() {
    return false;
  }

  /** Makes the constraint of an answer; called once for each. */
  @FunctionalInterface
  interface Factory {

    /** A constraint at the beginning of its text. */
    TokenConstraint create();
  }
}
