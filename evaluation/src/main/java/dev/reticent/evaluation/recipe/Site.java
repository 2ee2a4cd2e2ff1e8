package dev.reticent.evaluation.recipe;

import dev.reticent.config.Config;
import dev.reticent.data.Tables;
import dev.reticent.recipe.RowSampler;
import dev.reticent.run.Cluster;
import dev.reticent.run.ClusterEngine;
import dev.reticent.run.RowAnswer;
import dev.reticent.settings.DistributedSettings;
import dev.reticent.settings.DistributedSettings.Engine;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Where an evaluation is at work: in this process alone, or on a cluster that has tables. */
final class Site implements AutoCloseable {

  private final Optional<Cluster> cluster;

  private Site(Optional<Cluster> cluster) {
    this.cluster = cluster;
  }

  /**
   * The one that a config says.
   *
   * @throws dev.reticent.config.UserInputException when there is no such cluster
   */
  static Site of(DistributedSettings settings, EvaluationListener listener) {
    return new Site(
        settings.engine() == Engine.NONE
            ? Optional.empty()
            : Optional.of(ClusterEngine.of(settings.engine()).join(settings, listener::notice)));
  }

  Tables tables() {
    return cluster.<Tables>map(c -> c).orElse(Tables.NONE);
  }

  /**
   * Answers rows, each a JSON object with an id and a question; the same answers on a cluster.
   *
   * @param models where a model is loaded in this process
   * @param answered told how many are done
   */
  List<RowAnswer> answers(
      Config sampling, List<String> rows, LoadedOnce models, IntConsumer answered) {
    if (cluster.isPresent()) {
      List<RowAnswer> answers = cluster.get().answers(sampling, rows);
      answered.accept(answers.size());
      return answers;
    }
    try (RowSampler sampler = RowSampler.on(models.open(sampling), sampling)) {
      return sampler.answer(rows, answered);
    }
  }

  @Override
  public void close() {
    cluster.ifPresent(Cluster::close);
  }
}
