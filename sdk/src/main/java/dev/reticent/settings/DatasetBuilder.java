package dev.reticent.settings;

import dev.reticent.data.BadRows;
import dev.reticent.data.RowLayout;
import dev.reticent.privacy.EvaluationData;
import java.nio.file.Path;
import java.util.List;

/** The examples of a run, in code; {@link DatasetSettings} is what comes of it. */
public final class DatasetBuilder extends SectionBuilder<DatasetBuilder> {

  DatasetBuilder(SectionBuilder<?> config) {
    super(config, "dataset.");
  }

  /** {@code dataset.data_dir}: where the files are looked for, or the file itself. */
  public DatasetBuilder folder(Path folder) {
    return set("data_dir", folder);
  }

  /** {@code dataset.train_file}: rows to train on. */
  public DatasetBuilder train(Path file) {
    return set("train_file", file);
  }

  /** {@code dataset.eval_file}: rows to evaluate on. */
  public DatasetBuilder evaluateOn(Path file) {
    return set("eval_file", file);
  }

  /** {@code dataset.table}: a table of Spark's to train on. */
  public DatasetBuilder table(String name) {
    return set("table", name);
  }

  /** {@code dataset.eval_table}: a table of Spark's to evaluate on. */
  public DatasetBuilder evaluateOnTable(String name) {
    return set("eval_table", name);
  }

  /** {@code dataset.layout}: what the columns mean. */
  public DatasetBuilder layout(RowLayout layout) {
    return set("layout", layout.key());
  }

  /** {@code dataset.messages_field}: the column with a list of messages. */
  public DatasetBuilder messagesField(String column) {
    return set("messages_field", column);
  }

  /** {@code dataset.question_field}: the column with the question. */
  public DatasetBuilder questionField(String column) {
    return set("question_field", column);
  }

  /** {@code dataset.answer_field}: the column with the answer. */
  public DatasetBuilder answerField(String column) {
    return set("answer_field", column);
  }

  /** {@code dataset.text_field}: the column with the text of a pre-training row. */
  public DatasetBuilder textField(String column) {
    return set("text_field", column);
  }

  /** {@code dataset.ignored_fields}: columns that are left out. */
  public DatasetBuilder ignoredFields(List<String> columns) {
    return set("ignored_fields", columns);
  }

  /** {@code dataset.on_bad_row}: whether rows that cannot be used are refused or skipped. */
  public DatasetBuilder onBadRow(BadRows rows) {
    return set("on_bad_row", rows);
  }

  /** {@code dataset.privacy_unit}: {@code row}, or the column that names whose data it is. */
  public DatasetBuilder privacyUnit(String column) {
    return set("privacy_unit", column);
  }

  /** {@code dataset.rows_per_unit}: how many rows of a unit are kept. */
  public DatasetBuilder rowsPerUnit(int rows) {
    return set("rows_per_unit", rows);
  }

  /** {@code dataset.held_out_fraction}: the share of privacy units held out. */
  public DatasetBuilder heldOutFraction(double share) {
    return set("held_out_fraction", share);
  }

  /** {@code dataset.evaluation}: whether the rows to evaluate on may be shown. */
  public DatasetBuilder evaluation(EvaluationData data) {
    return set("evaluation", data);
  }

  /** {@code dataset.max_length}: tokens of the longest example. */
  public DatasetBuilder maxTokens(int tokens) {
    return set("max_length", tokens);
  }
}
