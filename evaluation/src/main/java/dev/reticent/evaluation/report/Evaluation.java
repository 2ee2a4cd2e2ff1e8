package dev.reticent.evaluation.report;

import dev.reticent.evaluation.judge.Criterion;
import java.util.List;
import java.util.Optional;

/**
 * All that an evaluation found.
 *
 * @param created when, in UTC to the second
 * @param judge empty when nobody judged
 * @param promise what a private run among the models promises; empty when none does
 * @param notes what a reader has to know before the figures
 * @param problem why the run counts as failed; empty when it does not
 */
public record Evaluation(
    String title,
    String created,
    List<Question> questions,
    List<Criterion> criteria,
    List<ModelResult> models,
    List<Comparison> comparisons,
    Optional<JudgeFacts> judge,
    Optional<Promise> promise,
    List<String> notes,
    Optional<String> problem) {
  public Evaluation {
    questions = List.copyOf(questions);
    criteria = List.copyOf(criteria);
    models = List.copyOf(models);
    comparisons = List.copyOf(comparisons);
    notes = List.copyOf(notes);
  }

  /** The name of a model, by its key. */
  public String name(String key) {
    return models.stream()
        .filter(model -> model.key().equals(key))
        .map(ModelResult::name)
        .findFirst()
        .orElse(key);
  }

  /** The name of a metric as MLflow has it, such as {@code answer_similarity/v1}. */
  public String metric(Criterion criterion) {
    return criterion.key() + "/" + judge.map(JudgeFacts::metricVersion).orElse("none");
  }

  /** Whose grades these are, in a sentence. */
  public String gradedBy() {
    return judge
        .map(j -> (j.isModel() ? "Graded by " : "NOT graded by a language model: ") + j.name())
        .orElse("Not graded by a judge");
  }
}
