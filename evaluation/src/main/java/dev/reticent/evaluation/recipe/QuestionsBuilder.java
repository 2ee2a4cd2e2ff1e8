package dev.reticent.evaluation.recipe;

import dev.reticent.privacy.EvaluationData;
import dev.reticent.settings.SectionBuilder;
import java.nio.file.Path;

/** The questions of an evaluation, in code. */
public final class QuestionsBuilder extends SectionBuilder<QuestionsBuilder> {

  QuestionsBuilder(SectionBuilder<?> config) {
    super(config, "dataset.");
  }

  /** {@code dataset.file}: rows in any format that training reads. */
  public QuestionsBuilder file(Path file) {
    return set("file", file);
  }

  /** {@code dataset.table}: a table of Spark's. */
  public QuestionsBuilder table(String name) {
    return set("table", name);
  }

  /** {@code dataset.question_field}: the column with the question. */
  public QuestionsBuilder questionField(String column) {
    return set("question_field", column);
  }

  /** {@code dataset.answer_field}: the column with the right answer. */
  public QuestionsBuilder answerField(String column) {
    return set("answer_field", column);
  }

  /** {@code dataset.id_field}: a column that names rows. */
  public QuestionsBuilder idField(String column) {
    return set("id_field", column);
  }

  /** {@code dataset.private_field}: a column with true for private rows. */
  public QuestionsBuilder privateField(String column) {
    return set("private_field", column);
  }

  /** {@code dataset.evaluation}: whether the rows are anybody's. */
  public QuestionsBuilder evaluation(EvaluationData data) {
    return set("evaluation", data);
  }

  /** {@code dataset.limit}: how many rows are used; 0 for all. */
  public QuestionsBuilder limit(int rows) {
    return set("limit", rows);
  }
}
