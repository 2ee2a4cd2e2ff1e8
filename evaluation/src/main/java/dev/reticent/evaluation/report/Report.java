package dev.reticent.evaluation.report;

import dev.reticent.chart.Markup;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Grade;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The evaluation as a page of Markdown and as one HTML file that needs nothing else. */
final class Report {
  private static final int ROWS_SHOWN = 100;

  private Report() {}

  static String markdown(Evaluation evaluation) {
    StringBuilder text = new StringBuilder("# " + evaluation.title() + "\n\n");
    text.append("**").append(evaluation.gradedBy()).append(".** ");
    text.append(evaluation.questions().size()).append(" rows, ").append(evaluation.created());
    text.append(".\n\n");
    evaluation.problem().ifPresent(p -> text.append("**Failed:** ").append(p).append("\n\n"));
    evaluation.notes().forEach(note -> text.append("> ").append(note).append("\n>\n"));
    text.append(evaluation.notes().isEmpty() ? "" : "\n");
    if (evaluation.judge().isPresent()) {
      text.append("![Distribution of grades](grades.svg)\n\n![Mean grades](means.svg)\n\n");
    }
    Tables.of(evaluation).forEach(table -> text.append(table.markdown()));
    evaluation.promise().ifPresent(promise -> text.append(markdown(promise)));
    return text.toString();
  }

  private static String markdown(Promise promise) {
    return "## What the private run promises\n\n"
        + promise.sentence()
        + "\n\n"
        + promise
            .picture()
            .map(any -> "![What the best test can do](trade-off.svg)\n\n")
            .orElse("");
  }

  static String html(Evaluation evaluation) throws IOException {
    StringBuilder body = new StringBuilder();
    body.append("<h1>").append(Markup.escape(evaluation.title())).append("</h1>\n");
    body.append("<p class=\"lead\">").append(Markup.escape(evaluation.gradedBy()));
    body.append(". ").append(evaluation.questions().size()).append(" rows, ");
    body.append(Markup.escape(evaluation.created())).append("</p>\n");
    evaluation.problem().ifPresent(p -> box(body, "failed", "Failed: " + p));
    evaluation.notes().forEach(note -> box(body, "warning", note));
    if (evaluation.judge().isPresent()) {
      figure(body, new GradeChart(evaluation).svg());
      figure(body, new MeanChart(evaluation).svg());
    }
    Tables.of(evaluation).forEach(table -> body.append(table.html()));
    evaluation
        .promise()
        .ifPresent(
            promise -> {
              body.append("<h2>What the private run promises</h2>\n<p>");
              body.append(Markup.escape(promise.sentence())).append("</p>\n");
              promise.picture().ifPresent(picture -> figure(body, picture.svg()));
            });
    rows(body, evaluation);
    return """
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
    %s</main>
    </body>
    </html>
    """
        .formatted(Markup.escape(evaluation.title()), style(), body);
  }

  private static void box(StringBuilder body, String kind, String text) {
    body.append("<p class=\"").append(kind).append("\">").append(Markup.escape(text));
    body.append("</p>\n");
  }

  private static void figure(StringBuilder body, String svg) {
    body.append("<figure>\n").append(svg).append("</figure>\n");
  }

  private static String style() throws IOException {
    try (InputStream in = Report.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IOException("the resource report.css is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void rows(StringBuilder body, Evaluation evaluation) {
    List<Question> questions = evaluation.questions();
    int shown = Math.min(ROWS_SHOWN, questions.size());
    body.append("<h2>Rows</h2>\n<p class=\"note\">");
    body.append("The first %d of %d; all are in results.jsonl.".formatted(shown, questions.size()));
    body.append("</p>\n");
    for (int i = 0; i < shown; i++) {
      Question question = questions.get(i);
      body.append("<details><summary>").append(Markup.escape(question.text()));
      body.append("</summary>\n<dl>\n");
      entry(body, "target", question.target(), "");
      for (ModelResult model : evaluation.models()) {
        entry(body, model.name(), model.answers().get(i), verdicts(evaluation, model, i));
      }
      body.append("</dl></details>\n");
    }
  }

  private static String verdicts(Evaluation evaluation, ModelResult model, int row) {
    StringBuilder text = new StringBuilder();
    for (Criterion criterion : evaluation.criteria()) {
      List<Grade> grades = model.grades().getOrDefault(criterion, List.of());
      if (!grades.isEmpty()) {
        Grade grade = grades.get(row);
        text.append(criterion.title()).append(": ");
        text.append(
            grade.score().isPresent() ? "" + grade.score().getAsInt() : grade.outcome().key());
        text.append(" – ").append(grade.justification()).append('\n');
      }
    }
    return text.toString();
  }

  private static void entry(StringBuilder body, String name, String text, String verdicts) {
    body.append("<dt>").append(Markup.escape(name)).append("</dt><dd><pre>");
    body.append(Markup.escape(text)).append("</pre>");
    if (!verdicts.isEmpty()) {
      body.append("<p>").append(Markup.escape(verdicts.strip())).append("</p>");
    }
    body.append("</dd>\n");
  }
}
