package dev.reticent.evaluation.report;

import dev.reticent.api.Internal;
import dev.reticent.evaluation.GradeHistogram;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.tensorboard.SummaryWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Logs an evaluation as {@code eval/*}, a TensorBoard run for each model. */
@Internal
public final class TensorBoardSink {
  private TensorBoardSink() {}

  /**
   * @param folder the runs go below it, by the models' keys
   */
  public static void write(Evaluation evaluation, Path folder) throws IOException {
    for (ModelResult model : evaluation.models()) {
      try (SummaryWriter writer = SummaryWriter.open(folder.resolve(model.key()))) {
        Summary.metrics(evaluation, model)
            .forEach((name, value) -> writer.scalar("eval/" + name, 0, value));
        model.summaries().forEach((criterion, s) -> histogram(writer, criterion, s.histogram()));
        writer.text("eval/graded_by", 0, evaluation.gradedBy());
        writer.hparams(
            model.key(), Map.of("model", model.name(), "graded_by", evaluation.gradedBy()));
        writer.hparamsEnd(true);
        if (writer.problem().isPresent()) {
          throw new IOException(writer.problem().get());
        }
      }
    }
  }

  private static void histogram(SummaryWriter writer, Criterion criterion, GradeHistogram grades) {
    int n = grades.counts().size();
    double[] edges = new double[n + 1];
    double[] counts = new double[n];
    for (int i = 0; i < n; i++) {
      edges[i] = grades.lowest() + i - 0.5;
      counts[i] = grades.counts().get(i);
    }
    edges[n] = grades.lowest() + n - 0.5;
    writer.histogram("eval/" + criterion.key() + "/grades", 0, edges, counts);
  }
}
