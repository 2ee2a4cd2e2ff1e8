package dev.reticent.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.chart.LineChart;
import dev.reticent.chart.LineChart.Point;
import dev.reticent.chart.LineChart.Series;
import dev.reticent.data.TokenizedExample;
import dev.reticent.privacy.CanaryAudit;
import dev.reticent.privacy.CanaryAudit.Scored;
import dev.reticent.privacy.Decisions;
import dev.reticent.training.Crew;
import dev.reticent.training.HeldOutLoss;
import dev.reticent.training.Trainable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The audit of an adapter that is about to be released: how far the loss on each canary fell in
 * training, which anyone can measure who has the adapter.
 *
 * @param epsilonClaimed what the run promises; infinite without privacy
 */
record ReleaseAudit(CanaryAudit found, double epsilonClaimed, Optional<Decisions> claimed) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param initial the adapter before the first step
   * @param trained the adapter to be released
   */
  static ReleaseAudit of(
      RunInputs in,
      TrainingTarget target,
      CrewFactory crews,
      float[] initial,
      float[] trained,
      double epsilon,
      Optional<Decisions> claimed) {
    double[] before = losses(in, target, crews, initial);
    double[] after = losses(in, target, crews, trained);
    List<Scored> scores = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      boolean included = in.data().canaries().get(i).included();
      scores.add(new Scored(before[i] - after[i], included));
    }
    double delta = in.plan().isPrivate() ? in.plan().delta() : 0;
    return new ReleaseAudit(CanaryAudit.of(scores, delta), epsilon, claimed);
  }

  private static double[] losses(
      RunInputs in, TrainingTarget target, CrewFactory crews, float[] values) {
    List<TokenizedExample> examples = in.data().canaries().stream().map(Canary::example).toList();
    int atOnce = in.config().batch().physical();
    try (Trainable adapter = target.trainable(in.base(), in.decoders(), values);
        Crew crew = crews.open(in.settings(), adapter, atOnce)) {
      crew.announce("audit");
      return HeldOutLoss.each(examples, atOnce, crew);
    }
  }

  /** One sentence for statement and model card. */
  String sentence() {
    return String.format(
        Locale.ROOT,
        "Audited with %d canaries, of which %d were in: %d of %d guesses were right, so ε is at"
            + " least %.3f with %.0f %% confidence (one run, black box; claimed: %s).%s",
        found.canaries(),
        found.included(),
        found.right(),
        found.guesses(),
        Math.floor(found.epsilonLower() * 1000) / 1000,
        100 * found.confidence(),
        Double.isFinite(epsilonClaimed)
            ? String.format(Locale.ROOT, "at most %.4f", epsilonClaimed)
            : "nothing",
        found.refutes(epsilonClaimed) ? " THE CLAIM IS REFUTED." : "");
  }

  /** The content of audit.json. */
  String toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("method", "one run, black box: fall of the loss on canaries (Steinke et al. 2023)");
    json.put("canaries", found.canaries()).put("included", found.included());
    json.put("guesses", found.guesses()).put("right", found.right());
    json.put("delta", found.delta()).put("confidence", found.confidence());
    json.put("epsilon_lower", found.epsilonLower());
    json.put("epsilon_claimed", Double.isFinite(epsilonClaimed) ? epsilonClaimed : null);
    json.put("refuted", found.refutes(epsilonClaimed));
    ArrayNode roc = json.putArray("roc");
    found.roc().forEach(at -> roc.addArray().add(at.falsePositives()).add(at.truePositives()));
    return json.toPrettyString() + "\n";
  }

  /** What the canaries' test reached, below what the run allows the best one. */
  LineChart chart() {
    List<Series> lines = new ArrayList<>();
    lines.add(new Series("canaries", points(found.roc()), false));
    claimed.ifPresent(d -> lines.add(new Series("best test, claimed", points(d.curve()), false)));
    lines.add(new Series("guessing", List.of(new Point(0, 0), new Point(1, 1)), true));
    return new LineChart("rightly “yes”", "wrongly “yes”", lines);
  }

  private static List<Point> points(List<Decisions.Point> curve) {
    return curve.stream().map(at -> new Point(at.falsePositives(), at.truePositives())).toList();
  }
}
