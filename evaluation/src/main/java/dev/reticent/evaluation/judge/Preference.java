package dev.reticent.evaluation.judge;

/**
 * Which of two answers to a row is better, asked in both orders.
 *
 * @param outcome scored when both orders were
 * @param winner 1 for the first answer, −1 for the second, 0 for a tie; two orders that disagree
 *     are a tie
 * @param flipped whether the verdict changed with the order
 */
public record Preference(Outcome outcome, int winner, boolean flipped) {

  /**
   * @param forward first answer shown first
   * @param backward second answer shown first
   */
  static Preference of(Verdict forward, Verdict backward) {
    if (forward.outcome() != Outcome.SCORED || backward.outcome() != Outcome.SCORED) {
      Verdict failed = forward.outcome() != Outcome.SCORED ? forward : backward;
      return new Preference(failed.outcome(), 0, false);
    }
    int one = forward.score().orElse(0);
    int other = -backward.score().orElse(0);
    return new Preference(Outcome.SCORED, one == other ? one : 0, one != other);
  }
}
