package dev.reticent.evaluation.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.evaluation.MeanEstimate;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;

/** All figures as JSON and as flat metrics. */
final class Summary {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Summary() {}

  /** A model's figures by the names that MLflow gives them, and ours after their fashion. */
  static Map<String, Double> metrics(Evaluation evaluation, ModelResult model) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (Criterion criterion : evaluation.criteria()) {
      GradeSummary s = model.summaries().get(criterion);
      if (s == null) {
        continue;
      }
      String name = evaluation.metric(criterion);
      s.mean()
          .ifPresent(
              mean -> {
                metrics.put(name + "/mean", mean.mean());
                metrics.put(name + "/variance", s.variance());
                metrics.put(name + "/p90", s.p90());
                metrics.put(name + "/mean_low_95", mean.low());
                metrics.put(name + "/mean_high_95", mean.high());
                metrics.put(name + "/best_share", s.histogram().bestShare());
                metrics.put(name + "/mean_spread", s.meanSpread());
              });
      for (Outcome outcome : Outcome.values()) {
        metrics.put(
            name + "/rows_" + outcome.key(), (double) s.outcomes().getOrDefault(outcome, 0));
      }
    }
    model
        .text()
        .ifPresent(
            text -> {
              metrics.put("exact_match", text.exactMatch());
              metrics.put("token_f1", text.tokenF1());
              metrics.put("rouge_l", text.rougeL());
              metrics.put("chrf", text.chrf());
              metrics.put("bleu", text.bleu());
            });
    model
        .heldOutLoss()
        .ifPresent(
            loss -> {
              metrics.put("held_out_loss", loss);
              metrics.put("perplexity", Math.exp(loss));
            });
    return metrics;
  }

  static String json(Evaluation evaluation) {
    ObjectNode root = JSON.createObjectNode();
    root.put("title", evaluation.title()).put("created", evaluation.created());
    root.put("graded_by", evaluation.gradedBy()).put("rows", evaluation.questions().size());
    root.put("passed", evaluation.problem().isEmpty());
    evaluation.problem().ifPresent(problem -> root.put("problem", problem));
    evaluation.notes().forEach(root.putArray("notes")::add);
    evaluation.judge().ifPresent(judge -> root.putPOJO("judge", judge));
    ObjectNode models = root.putObject("models");
    for (ModelResult model : evaluation.models()) {
      ObjectNode node = models.putObject(model.key()).put("name", model.name());
      ObjectNode metrics = node.putObject("metrics");
      metrics(evaluation, model).forEach(metrics::put);
      ObjectNode histograms = node.putObject("grades");
      model
          .summaries()
          .forEach((criterion, s) -> histograms.putPOJO(criterion.key(), s.histogram().counts()));
      model.agreement().ifPresent(agreement -> agreement(node, agreement));
    }
    for (Comparison comparison : evaluation.comparisons()) {
      comparison(root.withArray("comparisons").addObject(), comparison);
    }
    return root.toPrettyString() + "\n";
  }

  private static void agreement(ObjectNode node, ModelResult.Agreement agreement) {
    ObjectNode kappa = node.putObject("agreement").put("rows", agreement.rows());
    agreement.kappa().ifPresent(k -> kappa.put("kappa", k));
    agreement.quadraticKappa().ifPresent(k -> kappa.put("kappa_quadratic", k));
  }

  private static void comparison(ObjectNode node, Comparison comparison) {
    node.put("first", comparison.first()).put("second", comparison.second());
    comparison
        .differences()
        .forEach(
            (criterion, d) -> {
              MeanEstimate mean = d.difference();
              node.putObject(criterion.key())
                  .put("mean_difference", mean.mean())
                  .put("low_95", mean.low())
                  .put("high_95", mean.high())
                  .put("rows", mean.count())
                  .put("wins", d.wins())
                  .put("ties", d.ties())
                  .put("losses", d.losses());
            });
    comparison.pairwise().ifPresent(pairwise -> node.putPOJO("pairwise", pairwise));
  }
}
