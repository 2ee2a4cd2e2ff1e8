package dev.reticent.evaluation.recipe;

import dev.reticent.audit.AnswerLoss;
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
      return cluster.get().answers(sampling, rows, answered);
    }
    try (RowSampler sampler = RowSampler.on(models.open(sampling), sampling)) {
      return sampler.answer(rows, answered);
    }
  }

  /** The mean loss of right answers, in nats a token. */
  double loss(Config sampling, List<String> questions, List<String> answers, LoadedOnce models) {
    return AnswerLoss.mean(
        cluster
            .map(others -> others.losses(sampling, questions, answers))
            .orElseGet(() -> AnswerLoss.each(models.open(sampling), 0, questions, answers)));
  }

  @Override
  public void close() {
    cluster.ifPresent(Cluster::close);
  }
}
