package dev.reticent.evaluation.report;

import dev.reticent.evaluation.MeanEstimate;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Outcome;
import dev.reticent.evaluation.judge.Spent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** The tables of a report, from the figures most asked for to the small print. */
final class Tables {
  private Tables() {}

  static List<Table> of(Evaluation evaluation) {
    List<Table> tables = new ArrayList<>();
    if (evaluation.judge().isPresent()) {
      tables.add(grades(evaluation));
      tables.add(outcomes(evaluation));
    }
    if (evaluation.comparisons().stream().anyMatch(c -> !c.differences().isEmpty())) {
      tables.add(differences(evaluation));
    }
    if (evaluation.comparisons().stream().anyMatch(c -> c.pairwise().isPresent())) {
      tables.add(pairwise(evaluation));
    }
    tables.add(text(evaluation));
    if (evaluation.models().stream().anyMatch(m -> m.agreement().isPresent())) {
      tables.add(agreement(evaluation));
    }
    evaluation.judge().ifPresent(judge -> tables.add(judge(judge)));
    return tables;
  }

  private static Table grades(Evaluation evaluation) {
    List<List<String>> rows = new ArrayList<>();
    for (Criterion criterion : evaluation.criteria()) {
      for (ModelResult model : evaluation.models()) {
        GradeSummary s = summary(model, criterion);
        boolean any = s.mean().isPresent();
        rows.add(
            List.of(
                criterion.title(),
                model.name(),
                any ? mean(s.mean().get()) : "–",
                any ? percent(s.histogram().bestShare()) : "–",
                any ? number(s.variance(), 2) : "–",
                any ? number(s.p90(), 1) : "–",
                any ? number(s.meanSpread(), 2) : "–",
                s.scored() + " of " + s.rows()));
      }
    }
    return new Table(
        "Grades",
        "From 1 to 5; mean with its bootstrap 95 % interval. Rows without a grade are left out of"
            + " these figures and counted in the next table.",
        List.of("criterion", "model", "mean", "best grade", "variance", "p90", "spread", "scored"),
        rows);
  }

  private static Table outcomes(Evaluation evaluation) {
    List<String> header = new ArrayList<>(List.of("criterion", "model", "rows"));
    for (Outcome outcome : Outcome.values()) {
      header.add(outcome.key().replace('_', ' '));
    }
    List<List<String>> rows = new ArrayList<>();
    for (Criterion criterion : evaluation.criteria()) {
      for (ModelResult model : evaluation.models()) {
        GradeSummary s = summary(model, criterion);
        List<String> row = new ArrayList<>();
        row.addAll(List.of(criterion.title(), model.name(), "" + s.rows()));
        for (Outcome outcome : Outcome.values()) {
          row.add("" + s.outcomes().getOrDefault(outcome, 0));
        }
        rows.add(row);
      }
    }
    return new Table("Outcomes", "Every row ends in exactly one.", header, rows);
  }

  static GradeSummary summary(ModelResult model, Criterion criterion) {
    GradeSummary summary = model.summaries().get(criterion);
    return summary == null ? GradeSummary.of(List.of(), 0) : summary;
  }

  private static Table differences(Evaluation evaluation) {
    List<List<String>> rows = new ArrayList<>();
    for (Comparison comparison : evaluation.comparisons()) {
      comparison
          .differences()
          .forEach(
              (criterion, d) ->
                  rows.add(
                      List.of(
                          evaluation.name(comparison.first())
                              + " − "
                              + evaluation.name(comparison.second()),
                          criterion.title(),
                          mean(d.difference()),
                          "%d / %d / %d".formatted(d.wins(), d.ties(), d.losses()),
                          "" + d.difference().count())));
    }
    return new Table(
        "Paired differences",
        "Row by row, over the rows where both have a grade.",
        List.of("models", "criterion", "mean difference", "win / tie / loss", "rows"),
        rows);
  }

  private static Table pairwise(Evaluation evaluation) {
    List<List<String>> rows = new ArrayList<>();
    for (Comparison comparison : evaluation.comparisons()) {
      comparison
          .pairwise()
          .ifPresent(
              p ->
                  rows.add(
                      List.of(
                          evaluation.name(comparison.first())
                              + " against "
                              + evaluation.name(comparison.second()),
                          "%d / %d / %d".formatted(p.wins(), p.ties(), p.losses()),
                          percent(p.flipRate()),
                          number(p.winnerLength(), 0) + " / " + number(p.loserLength(), 0),
                          counts(p.outcomes()))));
    }
    return new Table(
        "Side by side",
        "The judge sees both answers, in both orders; when the orders disagree it is a tie.",
        List.of(
            "models", "win / tie / loss", "flipped", "characters of winner / loser", "outcomes"),
        rows);
  }

  private static String counts(Map<Outcome, Integer> outcomes) {
    List<String> parts = new ArrayList<>();
    for (Outcome outcome : Outcome.values()) {
      if (outcomes.getOrDefault(outcome, 0) > 0) {
        parts.add(outcomes.get(outcome) + " " + outcome.key().replace('_', ' '));
      }
    }
    return String.join(", ", parts);
  }

  private static Table text(Evaluation evaluation) {
    List<List<String>> rows = new ArrayList<>();
    for (ModelResult model : evaluation.models()) {
      List<String> row = new ArrayList<>(List.of(model.name()));
      row.addAll(
          model
              .text()
              .map(
                  t ->
                      List.of(
                          percent(t.exactMatch()),
                          number(t.tokenF1(), 3),
                          number(t.rougeL(), 3),
                          number(t.chrf(), 1),
                          number(t.bleu(), 1)))
              .orElse(List.of("–", "–", "–", "–", "–")));
      OptionalDouble loss = model.heldOutLoss();
      row.add(loss.isPresent() ? number(loss.getAsDouble(), 3) : "–");
      row.add(loss.isPresent() ? number(Math.exp(loss.getAsDouble()), 3) : "–");
      rows.add(row);
    }
    return new Table(
        "Without a judge",
        "Words shared with the target answers; loss in nats a token of the targets, and the"
            + " perplexity exp(loss).",
        List.of(
            "model", "exact match", "token F1", "ROUGE-L", "chrF", "BLEU", "loss", "perplexity"),
        rows);
  }

  private static Table agreement(Evaluation evaluation) {
    List<List<String>> rows = new ArrayList<>();
    for (ModelResult model : evaluation.models()) {
      model
          .agreement()
          .ifPresent(
              a ->
                  rows.add(
                      List.of(
                          model.name(),
                          "" + a.rows(),
                          a.kappa().isPresent() ? number(a.kappa().getAsDouble(), 2) : "–",
                          a.quadraticKappa().isPresent()
                              ? number(a.quadraticKappa().getAsDouble(), 2)
                              : "–")));
    }
    return new Table(
        "Agreement with people",
        "Cohen's kappa between the judge's correctness and the human grades: 1 is full agreement,"
            + " 0 chance.",
        List.of("model", "rows", "kappa", "kappa, quadratic weights"),
        rows);
  }

  private static Table judge(JudgeFacts judge) {
    Spent spent = judge.spent();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("judge", judge.name()));
    rows.add(List.of("model asked for", judge.asked()));
    rows.add(List.of("model the server says it used", String.join(", ", judge.answered())));
    rows.add(List.of("system fingerprint", String.join(", ", judge.fingerprints())));
    rows.add(List.of("asked with", judge.settings()));
    rows.add(List.of("repeats", "" + judge.repeats()));
    rows.add(List.of("version of the prompts", judge.promptVersion()));
    rows.add(
        List.of(
            "requests",
            "%d sent, %d verdicts from the cache".formatted(spent.requests(), spent.fromCache())));
    rows.add(
        List.of(
            "tokens",
            "%d of prompts, %d of replies; unknown for %d requests"
                .formatted(spent.promptTokens(), spent.completionTokens(), spent.uncounted())));
    rows.add(List.of("cost", number(spent.cost(), 4)));
    return new Table("The judge", "", List.of("", ""), rows);
  }

  static String mean(MeanEstimate mean) {
    return String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", mean.mean(), mean.low(), mean.high());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
