package dev.reticent.evaluation.judge;

import java.util.OptionalInt;

/**
 * What came of asking the judge once.
 *
 * @param score the grade; or, comparing two answers, 1 for the first, −1 for the second, 0 for
 *     neither; there only when scored
 * @param justification the judge's reason, or why there is no verdict
 * @param model the model that the server says it used; empty without a reply
 * @param cached whether it came from the cache
 */
record Verdict(
    Outcome outcome,
    OptionalInt score,
    String justification,
    String model,
    String fingerprint,
    boolean cached) {

  static Verdict scored(int score, String justification) {
    return new Verdict(Outcome.SCORED, OptionalInt.of(score), justification, "", "", false);
  }

  static Verdict none(Outcome outcome, String why) {
    return new Verdict(outcome, OptionalInt.empty(), why, "", "", false);
  }

  Verdict from(Reply reply, boolean fromCache) {
    return new Verdict(
        outcome, score, justification, reply.model(), reply.fingerprint(), fromCache);
  }
}
