package dev.reticent.evaluation.recipe;

import dev.reticent.config.Section;
import dev.reticent.privacy.EvaluationData;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the questions are.
 *
 * @param file empty for the embedded held-out questions
 * @param table in place of a file a table of Spark's
 * @param limit how many rows are used; 0 for all
 */
record DataSettings(
    Optional<Path> file,
    Optional<String> table,
    String questionField,
    String answerField,
    Optional<String> idField,
    Optional<String> privateField,
    EvaluationData evaluation,
    int limit) {

  static DataSettings read(Section section) {
    Optional<Path> file =
        section
            .path("file")
            .describedAs(
                "Rows in any format that training reads; without it the 500 held-out questions of"
                    + " the quickstart.")
            .optional();
    Optional<String> table =
        section
            .text("table")
            .describedAs(
                """
                In place of `file` a table, `catalog.schema.name`, that Spark reads; with
                `distributed.engine: spark`. Rows are taken in the order of their `id_field`.\
                """)
            .optional();
    Optional<String> id =
        section
            .text("id_field")
            .describedAs(
                """
                A column that names rows, each by a name of its own; their number when not given,
                which rows of a table do not have.\
                """)
            .optional();
    section.check(table.isEmpty() || file.isEmpty(), "goes in place of file", "table", "file");
    section.check(
        table.isEmpty() || id.isPresent(),
        "missing; a table has no order, so name the column by which its rows are told apart",
        "id_field",
        "table");
    return new DataSettings(
        file,
        table,
        section
            .text("question_field")
            .describedAs("The column with the question.")
            .orElse("question"),
        section
            .text("answer_field")
            .describedAs("The column with the right answer; rows without one are skipped.")
            .orElse("answer"),
        id,
        section
            .text("private_field")
            .describedAs("A column with true for private rows; overrules `evaluation`.")
            .optional(),
        section
            .choice("evaluation", EvaluationData.class)
            .describedAs(
                """
                Whether the rows are anybody's: `private` ones are sent to no judge outside this
                machine. The embedded questions are public always.\
                """)
            .orElse(EvaluationData.PRIVATE),
        section
            .integer("limit")
            .atLeast(0)
            .describedAs("How many rows are used, from the first; 0 for all.")
            .orElse(0));
  }
}
