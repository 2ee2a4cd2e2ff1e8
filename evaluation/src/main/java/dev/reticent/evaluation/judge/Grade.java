package dev.reticent.evaluation.judge;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a row got on one criterion.
 *
 * @param outcome the one way in which it ended
 * @param score the median of the repeats' scores, the lower one of two; there only when scored
 * @param spread the best repeat's score less the worst's
 * @param repeats how many repeats were scored
 * @param justification the judge's reason for the score, or why there is none
 * @param model the model that the server says it used; empty without a reply
 * @param fingerprint the server's system_fingerprint; empty without one
 */
public record Grade(
    Outcome outcome,
    OptionalInt score,
    int spread,
    int repeats,
    String justification,
    String model,
    String fingerprint) {

  /** A row counts as scored when more than half of its repeats do. */
  static Grade of(List<Verdict> verdicts) {
    List<Verdict> scored =
        verdicts.stream()
            .filter(v -> v.outcome() == Outcome.SCORED)
            .sorted((a, b) -> Integer.compare(a.score().orElse(0), b.score().orElse(0)))
            .toList();
    if (2 * scored.size() <= verdicts.size()) {
      Verdict first =
          verdicts.stream()
              .filter(v -> v.outcome() != Outcome.SCORED)
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("a row needs a verdict"));
      return of(first, OptionalInt.empty(), 0, scored.size());
    }
    Verdict median = scored.get((scored.size() - 1) / 2);
    int spread = scored.get(scored.size() - 1).score().orElse(0) - scored.get(0).score().orElse(0);
    return of(median, median.score(), spread, scored.size());
  }

  private static Grade of(Verdict verdict, OptionalInt score, int spread, int repeats) {
    return new Grade(
        verdict.outcome(),
        score,
        spread,
        repeats,
        verdict.justification(),
        verdict.model(),
        verdict.fingerprint());
  }

  static Grade skipped(String why) {
    return of(Verdict.none(Outcome.SKIPPED, why), OptionalInt.empty(), 0, 0);
  }
}
