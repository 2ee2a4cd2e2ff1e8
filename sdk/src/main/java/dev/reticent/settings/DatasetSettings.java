package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import dev.reticent.data.BadRows;
import dev.reticent.data.FieldNames;
import dev.reticent.data.PrivacyUnit;
import dev.reticent.data.ReadOptions;
import dev.reticent.data.RowFiles;
import dev.reticent.data.RowLayout;
import dev.reticent.data.SampleType;
import dev.reticent.privacy.EvaluationData;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the examples are, what their columns mean, and whose data each row is.
 *
 * @param trainFile empty for the embedded questions
 * @param evalFile empty when held-out rows are taken from the training file
 * @param table the name of a table of Spark's to train on, in place of a file
 * @param evalTable the same to evaluate on
 * @param maxTokens the longest example; longer ones are cut
 * @param layout what the columns mean; found from their names when empty
 * @param ignoredFields columns that may hold what the layout does not use
 * @param rowsPerUnit how many rows of one privacy unit are kept
 */
public record DatasetSettings(
    Optional<Path> trainFile,
    Optional<Path> evalFile,
    Optional<String> table,
    Optional<String> evalTable,
    Optional<RowLayout> layout,
    FieldNames fields,
    List<String> ignoredFields,
    BadRows badRows,
    PrivacyUnit unit,
    int rowsPerUnit,
    double heldOutFraction,
    EvaluationData evaluation,
    int maxTokens) {

  @Internal
  public DatasetSettings {}

  /** Whether a share of the training units is held out. */
  boolean holdsOut() {
    return heldOutFraction > 0 && evalFile.isEmpty() && evalTable.isEmpty();
  }

  static DatasetSettings read(Section section) {
    Optional<Path> dataDir =
        section
            .path("data_dir")
            .describedAs(
                """
                A folder; `train_file` and `eval_file` are looked for in it. Or the file to train
                on.\
                """)
            .optional();
    Optional<Path> train =
        section
            .path("train_file")
            .describedAs(
                """
                Rows to train on: JSON, JSONL, CSV or TSV, each also packed with gzip; Parquet; or a
                folder that Hugging Face's `save_to_disk` wrote. When only `data_dir` is given, its
                file named `train`. Without either, the embedded questions.\
                """)
            .optional();
    Optional<Path> eval =
        section
            .path("eval_file")
            .describedAs("Rows to evaluate on; without it some are held out of the training file.")
            .optional();
    Optional<String> table =
        section
            .text("table")
            .describedAs(
                """
                In place of `train_file` a table, `catalog.schema.name`, that Spark reads; with
                `distributed.engine: spark`.\
                """)
            .optional();
    Optional<String> evalTable =
        section.text("eval_table").describedAs("In place of `eval_file` a table.").optional();
    section.check(
        table.isEmpty() || train.isEmpty(), "goes in place of train_file", "table", "train_file");
    section.check(
        evalTable.isEmpty() || eval.isEmpty(),
        "goes in place of eval_file",
        "eval_table",
        "eval_file");
    Optional<RowLayout> layout =
        section
            .choice("layout", RowLayout.class)
            .describedAs(
                """
                What the columns mean; found from their names when not given. `messages` and
                `sharegpt` are lists of messages; `alpaca` is instruction, input, output; `dolly`
                instruction, context, response; the others name their two columns.\
                """)
            .optional();
    FieldNames fields =
        new FieldNames(
            section
                .text("messages_field")
                .describedAs("The column with a list of messages {role, content}.")
                .orElse(FieldNames.DEFAULT.messages()),
            section
                .text("question_field")
                .alsoSpelt("question_field")
                .describedAs("The column with the question.")
                .orElse(FieldNames.DEFAULT.question()),
            section
                .text("answer_field")
                .alsoSpelt("answer_field")
                .describedAs("The column with the answer; the loss counts on it alone.")
                .orElse(FieldNames.DEFAULT.answer()),
            section
                .text("text_field")
                .alsoSpelt("text_field")
                .describedAs("The column with the text, for `sample_type: pretrain`.")
                .orElse(FieldNames.DEFAULT.text()));
    List<String> ignored =
        section
            .texts("ignored_fields")
            .describedAs(
                """
                Columns that are left out. Without this a row is refused when a column such as
                `input`, `context` or `tools` holds something that the layout does not use.\
                """)
            .orElse(List.of());
    BadRows badRows =
        section
            .choice("on_bad_row", BadRows.class)
            .describedAs(
                """
                `refuse` tells all rows that cannot be used and stops; `skip` leaves them out and
                says how many there were, a number to keep as private as the rows.\
                """)
            .orElse(BadRows.REFUSE);
    String unit =
        section
            .text("privacy_unit")
            .describedAs(
                """
                Whose data is protected as a whole: `row`, or the column that names the person,
                author or patient.\
                """)
            .orElse("row");
    return new DatasetSettings(
        train.map(f -> within(dataDir, f)).or(() -> dataDir.map(RowFiles::training)),
        eval.map(f -> within(dataDir, f)),
        table,
        evalTable,
        layout,
        fields,
        ignored,
        badRows,
        unit.equals("row") ? PrivacyUnit.row() : PrivacyUnit.column(unit),
        section
            .integer("rows_per_unit")
            .atLeast(1)
            .describedAs(
                """
                How many rows of a unit are kept, drawn by a keyed hash. A unit gives one row a
                step, its rows taking turns, so ε holds for the unit whatever this is.\
                """)
            .orElse(1),
        section
            .number("held_out_fraction")
            .atLeast(0.0)
            .below(1.0)
            .describedAs("The share of privacy units held out when there is no `eval_file`.")
            .orElse(0.05),
        section
            .choice("evaluation", EvaluationData.class)
            .describedAs(
                """
                Whether the rows to evaluate on may be shown: what is measured on `private` ones
                goes to the private log only and may not choose a checkpoint.\
                """)
            .orElse(EvaluationData.PRIVATE),
        section
            .integer("max_length")
            .atLeast(2)
            .describedAs("Tokens of the longest example, the same for all; longer ones are cut.")
            .orElse(1024));
  }

  /** How rows of this type are read. */
  public ReadOptions reading(SampleType type) {
    return new ReadOptions(type, layout, fields, Set.copyOf(ignoredFields), unit, badRows);
  }

  private static Path within(Optional<Path> folder, Path file) {
    return folder.map(f -> f.resolve(file)).orElse(file);
  }
}
