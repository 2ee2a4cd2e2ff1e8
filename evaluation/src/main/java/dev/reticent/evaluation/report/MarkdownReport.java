package dev.reticent.evaluation.report;

import java.util.List;
import java.util.stream.Collectors;

/** The evaluation as a page of Markdown, beside whose file its charts lie. */
final class MarkdownReport {

  private MarkdownReport() {}

  static String of(Evaluation evaluation) {
    return """
    # %s

    **%s.** %s rows, %s.

    %s%s%s%s%s\
    """
        .formatted(
            evaluation.title(),
            evaluation.gradedBy(),
            evaluation.questions().size(),
            evaluation.created(),
            evaluation.problem().map("**Failed:** %s\n\n"::formatted).orElse(""),
            notes(evaluation.notes()),
            evaluation.judge().map(any -> charts()).orElse(""),
            Tables.of(evaluation).stream().map(MarkdownReport::table).collect(Collectors.joining()),
            evaluation.promise().map(MarkdownReport::promise).orElse(""));
  }

  private static String notes(List<String> notes) {
    return notes.isEmpty()
        ? ""
        : notes.stream().map("> %s\n>\n"::formatted).collect(Collectors.joining("", "", "\n"));
  }

  private static String charts() {
    return """
    ![Distribution of grades](grades.svg)

    ![Mean grades](means.svg)

    """;
  }

  private static String table(Table table) {
    return """
    ## %s

    %s%s%s%s
    """
        .formatted(
            table.title(),
            table.note().isEmpty() ? "" : table.note() + "\n\n",
            row(table.header()),
            "| --- ".repeat(table.header().size()) + "|\n",
            table.rows().stream().map(MarkdownReport::row).collect(Collectors.joining()));
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> "| %s ".formatted(cell.replace("|", "\\|")))
        .collect(Collectors.joining("", "", "|\n"));
  }

  private static String promise(Promise promise) {
    return """
    ## What the private run promises

    %s

    %s\
    """
        .formatted(
            promise.sentence(),
            promise
                .picture()
                .map(any -> "![What the best test can do](trade-off.svg)\n\n")
                .orElse(""));
  }
}
