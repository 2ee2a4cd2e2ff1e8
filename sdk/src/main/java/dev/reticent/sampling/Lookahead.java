package dev.reticent.sampling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What an answer's row takes before it is drawn: guesses at its next tokens, and the logits [V]
 * behind each of them, which wait to be drawn from.
 *
 * <p>A guess is right when the token drawn from the logits before it is the same; then the row
 * holds it already. Else it and all behind it are forgotten. So answers are those of single steps,
 * whatever is guessed.
 */
final class Lookahead {
  private final PromptLookup lookup;
  private final Deque<Integer> guessed = new ArrayDeque<>(); // in the row, not drawn yet
  private final Deque<float[]> logits = new ArrayDeque<>(); // before each of them, and behind
  private List<Integer> expected = List.of();
  private int looked;
  private int right;

  Lookahead(PromptLookup lookup) {
    this.lookup = lookup;
  }

  /**
   * Guesses what follows the last token drawn.
   *
   * @param most tokens
   * @param mostLookedUp of these, where the text alone is what they are guessed from
   */
  List<Integer> guess(int most, int mostLookedUp) {
    if (looked > 0) {
      lookup.learn(looked, right);
    }
    looked = 0;
    right = 0;
    List<Integer> next = expected.subList(0, Math.min(Math.max(0, most), expected.size()));
    if (next.isEmpty()) {
      next = lookup.guess(Math.max(0, Math.min(most, mostLookedUp)));
      looked = next.size();
    }
    guessed.addAll(next);
    return next;
  }

  /** Takes the logits after the row's next token. */
  void add(float[] next) {
    logits.add(next);
  }

  /** Whether there are logits to draw from. */
  boolean waits() {
    return !logits.isEmpty();
  }

  /** The logits from which the next token is to be drawn. */
  float[] take() {
    return logits.remove();
  }

  /**
   * Hears which token was drawn.
   *
   * @param mayFollow what was expected in its place and behind it
   */
  void drawn(int id, List<Integer> mayFollow) {
    boolean asExpected = !mayFollow.isEmpty() && mayFollow.get(0) == id;
    expected = asExpected ? mayFollow.subList(1, mayFollow.size()) : List.of();
    lookup.add(id);
    if (!guessed.isEmpty() && guessed.remove() == id) {
      right++;
    } else {
      guessed.clear();
      logits.clear();
    }
  }
}
