package dev.reticent.evaluation.report;

import static dev.reticent.evaluation.report.HtmlPart.each;

import dev.reticent.chart.Chart;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Grade;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The evaluation as one HTML file that needs nothing else. */
final class HtmlReport {
  private static final int ROWS_SHOWN = 100;

  private HtmlReport() {}

  static String of(Evaluation evaluation) throws IOException {
    return HtmlPart.of(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%s</title>
            <style>
            %s</style>
            </head>
            <body>
            <main>
            <h1>%s</h1>
            <p class="lead">%s. %s rows, %s</p>
            %s%s%s%s%s%s</main>
            </body>
            </html>
            """,
            evaluation.title(),
            style(),
            evaluation.title(),
            evaluation.gradedBy(),
            evaluation.questions().size(),
            evaluation.created(),
            each(evaluation.problem(), problem -> box("failed", "Failed: " + problem)),
            each(evaluation.notes(), note -> box("warning", note)),
            each(evaluation.judge(), any -> charts(evaluation)),
            each(Tables.of(evaluation), HtmlReport::table),
            each(evaluation.promise(), HtmlReport::promise),
            rows(evaluation))
        .text();
  }

  private static HtmlPart style() throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IOException("the resource report.css is missing from the jar");
      }
      return new HtmlPart(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static HtmlPart box(String kind, String text) {
    return HtmlPart.of("<p class=\"%s\">%s</p>\n", kind, text);
  }

  private static HtmlPart charts(Evaluation evaluation) {
    return each(List.of(new GradeChart(evaluation), new MeanChart(evaluation)), HtmlReport::figure);
  }

  private static HtmlPart figure(Chart chart) {
    return HtmlPart.of("<figure>\n%s</figure>\n", new HtmlPart(chart.svg()));
  }

  private static HtmlPart table(Table table) {
    return HtmlPart.of(
        """
        <h2>%s</h2>
        %s<div class="wide"><table>
        %s%s</table></div>
        """,
        table.title(),
        table.note().isEmpty() ? "" : box("note", table.note()),
        row("<th>%s</th>", table.header()),
        each(table.rows(), row -> row("<td>%s</td>", row)));
  }

  private static HtmlPart row(String cell, List<String> values) {
    return HtmlPart.of("<tr>%s</tr>\n", each(values, value -> HtmlPart.of(cell, value)));
  }

  private static HtmlPart promise(Promise promise) {
    return HtmlPart.of(
        """
        <h2>What the private run promises</h2>
        <p>%s</p>
        %s\
        """,
        promise.sentence(), each(promise.picture(), HtmlReport::figure));
  }

  private static HtmlPart rows(Evaluation evaluation) {
    int all = evaluation.questions().size();
    int shown = Math.min(ROWS_SHOWN, all);
    return HtmlPart.of(
        """
        <h2>Rows</h2>
        <p class="note">The first %s of %s; all are in results.jsonl.</p>
        %s\
        """,
        shown, all, each(IntStream.range(0, shown).boxed().toList(), i -> row(evaluation, i)));
  }

  private static HtmlPart row(Evaluation evaluation, int row) {
    Question question = evaluation.questions().get(row);
    return HtmlPart.of(
        """
        <details><summary>%s</summary>
        <dl>
        %s%s</dl></details>
        """,
        question.text(),
        entry("target", question.target(), ""),
        each(
            evaluation.models(),
            model ->
                entry(model.name(), model.answers().get(row), verdicts(evaluation, model, row))));
  }

  private static HtmlPart entry(String name, String text, String verdicts) {
    return HtmlPart.of(
        "<dt>%s</dt><dd><pre>%s</pre>%s</dd>\n",
        name, text, verdicts.isEmpty() ? "" : HtmlPart.of("<p>%s</p>", verdicts));
  }

  /** A line for each criterion by which the model's answer was graded. */
  private static String verdicts(Evaluation evaluation, ModelResult model, int row) {
    List<String> lines = new ArrayList<>();
    for (Criterion criterion : evaluation.criteria()) {
      List<Grade> grades = model.grades().getOrDefault(criterion, List.of());
      if (!grades.isEmpty()) {
        Grade grade = grades.get(row);
        String verdict =
            grade.score().isPresent() ? "" + grade.score().getAsInt() : grade.outcome().key();
        lines.add(criterion.title() + ": " + verdict + " – " + grade.justification());
      }
    }
    return String.join("\n", lines).strip();
  }
}
