package dev.reticent.evaluation.report;

import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Grade;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One model's answers and what they are worth.
 *
 * @param key names it in files: {@code base}, {@code non_dp} or {@code dp}
 * @param name names it to readers
 * @param answers one for each question
 * @param grades one for each question and criterion; empty without a judge
 * @param text scores over the rows that have a target; empty when none has
 * @param heldOutLoss nats a token of the target answers; empty when it was not measured
 * @param agreement with human grades of these answers
 */
public record ModelResult(
    String key,
    String name,
    List<String> answers,
    Map<Criterion, List<Grade>> grades,
    Map<Criterion, GradeSummary> summaries,
    Optional<TextScores> text,
    OptionalDouble heldOutLoss,
    Optional<Agreement> agreement) {

  public ModelResult {
    answers = List.copyOf(answers);
  }

  /**
   * The grade of a row.
   *
   * @throws IllegalArgumentException when the criterion was not graded
   */
  Grade grade(Criterion criterion, int row) {
    List<Grade> all = grades.get(criterion);
    if (all == null) {
      throw new IllegalArgumentException(name + " has no grades of " + criterion.key());
    }
    return all.get(row);
  }

  /** How the judge's correctness agrees with a human's grades of the same answers. */
  public record Agreement(int rows, OptionalDouble kappa, OptionalDouble quadraticKappa) {}
}
