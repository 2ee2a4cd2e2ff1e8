package dev.reticent.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.chart.LineChart;
import dev.reticent.chart.LineChart.Series;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.CanaryAudit;
import dev.reticent.privacy.CanaryAudit.Scored;
import dev.reticent.privacy.Decisions;
import dev.reticent.privacy.disclosure.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The audit of what a run releases, by what its canaries show in two ways.
 *
 * <p>Black box: how far the loss on each canary fell in training, which anyone can measure who has
 * the adapter. White box: how far each canary's clipped gradient points along the gradients that
 * the run released (Nasr et al. 2023; Steinke, Nasr and Jagielski 2023, section 6), which takes
 * them all. Where both are made each has half of the doubt, so that the better bound has the
 * confidence of one.
 *
 * @param ways at least one
 * @param epsilonClaimed what the run promises; infinite without privacy
 * @param claimed the most that any test can reach where the promise holds; empty without one
 */
public record ReleaseAudit(List<Way> ways, double epsilonClaimed, List<Decisions.Point> claimed) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What one kind of score found.
   *
   * @param box {@code black} or {@code white}
   * @param score in words
   */
  public record Way(String box, String score, CanaryAudit found) {}

  public ReleaseAudit {
    ways = List.copyOf(ways);
    claimed = List.copyOf(claimed);
  }

  /**
   * The audit in the folder of a run that {@code DPFinetuningRecipe.audited} has made.
   *
   * @throws UserInputException when there is none, or it cannot be read
   */
  public static ReleaseAudit of(Path run) {
    Path file = new RunFolder(run).file(RunFile.AUDIT);
    if (!Files.isRegularFile(file)) {
      throw new UserInputException(
          file + ": there is none; ./reticent audit makes a run that has one.");
    }
    JsonNode audit;
    try {
      audit = JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    List<Way> ways = new ArrayList<>();
    audit.path("bounds").forEach(bound -> ways.add(way(audit, bound)));
    if (ways.isEmpty()) {
      throw new UserInputException(file + ": expected \"bounds\", as an audit writes them.");
    }
    return new ReleaseAudit(
        ways,
        audit.path("epsilon_claimed").asDouble(Double.POSITIVE_INFINITY),
        PublishedStatement.of(run)
            .map(statement -> TradeOffChart.points(statement.path(Decisions.CURVE)))
            .orElse(List.of()));
  }

  private static Way way(JsonNode audit, JsonNode bound) {
    return new Way(
        bound.path("box").asText(),
        bound.path("score").asText(),
        new CanaryAudit(
            audit.path("canaries").asInt(),
            audit.path("included").asInt(),
            bound.path("guesses").asInt(),
            bound.path("right").asInt(),
            audit.path("delta").asDouble(),
            bound.path("confidence").asDouble(),
            bound.path("epsilon_lower").asDouble(),
            TradeOffChart.points(bound.path("roc"))));
  }

  /**
   * The audit of a run that is about to be released.
   *
   * @param initial the adapter before the first step
   * @param trained the adapter to be released
   * @param log what the run released step by step
   */
  static ReleaseAudit of(
      RunInputs in,
      TrainingTarget target,
      CrewFactory crews,
      float[] initial,
      float[] trained,
      GradientLog log,
      double epsilon,
      Optional<Decisions> claimed) {
    double doubt = (1 - CanaryAudit.CONFIDENCE) / (log.isKept() ? 2 : 1);
    CanaryScores canaries = new CanaryScores(in, target, crews);
    List<Way> ways = new ArrayList<>();
    ways.add(
        new Way(
            "black",
            "fall of the loss from the first adapter to the released one",
            found(in, canaries.fallOfLoss(initial, trained), doubt)));
    if (log.isKept()) {
      ways.add(
          new Way(
              "white",
              "clipped gradient along the gradients released",
              found(in, canaries.alongReleased(log), doubt)));
    }
    return new ReleaseAudit(ways, epsilon, claimed.map(Decisions::curve).orElse(List.of()));
  }

  private static CanaryAudit found(RunInputs in, double[] scores, double doubt) {
    List<Scored> scored = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      scored.add(new Scored(scores[i], in.data().canaries().get(i).included()));
    }
    double delta = in.plan().isPrivate() ? in.plan().delta() : 0;
    return CanaryAudit.of(scored, delta, 1 - doubt);
  }

  /** The way with the better bound. */
  public Way best() {
    return ways.stream()
        .max(Comparator.comparingDouble(way -> way.found().epsilonLower()))
        .orElseThrow();
  }

  /** With {@link CanaryAudit#CONFIDENCE}, no ε below it is true. */
  public double epsilonLower() {
    return best().found().epsilonLower();
  }

  /** Whether what was measured and what is claimed cannot both be right. */
  public boolean refuted() {
    return best().found().refutes(epsilonClaimed);
  }

  /** One sentence for statement and model card. */
  public String sentence() {
    CanaryAudit found = best().found();
    return String.format(
        Locale.ROOT,
        "Audited with %d canaries, of which %d were in: %d of %d guesses were right, so ε is at"
            + " least %.3f with %.0f %% confidence (one run, %s; claimed: %s).%s",
        found.canaries(),
        found.included(),
        found.right(),
        found.guesses(),
        rounded(epsilonLower()),
        100 * CanaryAudit.CONFIDENCE,
        compared(),
        Double.isFinite(epsilonClaimed)
            ? String.format(Locale.ROOT, "at most %.4f", epsilonClaimed)
            : "nothing",
        refuted() ? " THE CLAIM IS REFUTED." : "");
  }

  /** Which way found it, and what the other one found. */
  private String compared() {
    if (ways.size() == 1) {
      return best().box() + " box";
    }
    String all =
        ways.stream()
            .map(
                way ->
                    String.format(
                        Locale.ROOT, "%s box %.3f", way.box(), rounded(way.found().epsilonLower())))
            .collect(Collectors.joining(", "));
    return "the better of " + all + ", which share the doubt";
  }

  private static double rounded(double epsilonLower) {
    return Math.floor(epsilonLower * 1000) / 1000;
  }

  /** The content of audit.json. */
  String toJson() {
    CanaryAudit any = best().found();
    ObjectNode json = JSON.createObjectNode();
    json.put("method", "one run (Steinke, Nasr and Jagielski 2023, theorem 5.2)");
    json.put("canaries", any.canaries()).put("included", any.included());
    json.put("delta", any.delta()).put("confidence", CanaryAudit.CONFIDENCE);
    json.put("epsilon_lower", epsilonLower()).put("box", best().box());
    json.put("epsilon_claimed", Double.isFinite(epsilonClaimed) ? epsilonClaimed : null);
    json.put("refuted", refuted());
    ArrayNode bounds = json.putArray("bounds");
    for (Way way : ways) {
      CanaryAudit found = way.found();
      ObjectNode bound = bounds.addObject().put("box", way.box()).put("score", way.score());
      bound.put("confidence", found.confidence());
      bound.put("guesses", found.guesses()).put("right", found.right());
      bound.put("epsilon_lower", found.epsilonLower());
      ArrayNode roc = bound.putArray("roc");
      found.roc().forEach(at -> roc.addArray().add(at.falsePositives()).add(at.truePositives()));
    }
    return json.toPrettyString() + "\n";
  }

  /** What the canaries' tests reached, below what the run allows the best one. */
  public LineChart chart() {
    List<Series> lines = new ArrayList<>();
    for (Way way : ways) {
      lines.add(TradeOffChart.line(way.box() + " box", way.found().roc()));
    }
    if (!claimed.isEmpty()) {
      lines.add(TradeOffChart.line("best test, claimed", claimed));
    }
    lines.add(TradeOffChart.guessing());
    return new LineChart("rightly “yes”", "wrongly “yes”", lines);
  }
}
