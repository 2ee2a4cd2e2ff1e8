package dev.reticent.kernel;

import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.report.Evaluation;
import dev.reticent.evaluation.report.ModelResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An evaluation made in this notebook: its figures, and its charts.
 *
 * @param folder with report.html and everything else that was found
 */
public record GradeReport(Evaluation evaluation, Path folder) {

  /** The mean grades, who graded, and what a reader has to know. */
  public Display display() {
    List<String> head = new ArrayList<>(List.of("model"));
    evaluation.criteria().forEach(criterion -> head.add(criterion.title() + ", mean (95 %)"));
    head.add("held-out loss");
    List<List<String>> rows = new ArrayList<>();
    for (ModelResult model : evaluation.models()) {
      List<String> row = new ArrayList<>(List.of(model.name()));
      evaluation.criteria().forEach(criterion -> row.add(mean(model, criterion)));
      row.add(
          model.heldOutLoss().isPresent() ? Views.number(model.heldOutLoss().getAsDouble()) : "");
      rows.add(row);
    }
    Display table = Views.table(evaluation.title(), head, rows);
    List<String> words = new ArrayList<>(List.of(evaluation.gradedBy()));
    words.addAll(evaluation.notes());
    evaluation.problem().ifPresent(words::add);
    words.add("All of it is in " + folder.resolve("report.html"));
    String below = String.join("\n", words);
    return Display.html(table.html() + Html.pre(below), table.text() + "\n\n" + below);
  }

  private static String mean(ModelResult model, Criterion criterion) {
    var summary = model.summaries().get(criterion);
    return summary == null
        ? ""
        : summary
            .mean()
            .map(m -> String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", m.mean(), m.low(), m.high()))
            .orElse("none scored");
  }

  /** How often each grade was given, model by model. */
  public Display gradeChart() {
    return chart("grades");
  }

  /** Mean grades with their intervals. */
  public Display meanChart() {
    return chart("means");
  }

  private Display chart(String name) {
    Path png = folder.resolve(name + ".png");
    try {
      return Display.picture(
          Files.readString(folder.resolve(name + ".svg")),
          Files.exists(png) ? Optional.of(Files.readAllBytes(png)) : Optional.empty(),
          evaluation.title() + ": " + name);
    } catch (IOException e) {
      throw new UncheckedIOException("there is no such chart; was there a judge?", e);
    }
  }
}
