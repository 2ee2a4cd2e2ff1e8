package dev.reticent.run;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.disclosure.Disclosure;
import dev.reticent.privacy.disclosure.LogTag;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.LogSettings;
import dev.reticent.tensorboard.Layout;
import dev.reticent.tensorboard.SummaryWriter;
import dev.reticent.training.StepReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The two TensorBoard runs: what may be published, in {@code tensorboard/<run>}, and the rest in
 * {@code local/tensorboard/<run>.local}. A tag's entry in the catalogue decides which of the two it
 * goes to.
 *
 * <p>Times in the first are made up, a second a step from the start of the year 2000: a step takes
 * the longer the more rows were drawn, so true times would tell of batch sizes.
 */
final class RunLogs implements AutoCloseable {

  private static final double FLUSH_SECONDS = 2;
  private static final long YEAR_2000_SECONDS = 946_684_800L;

  /** The Custom Scalars page of both runs, in the order in which people look. */
  private static final Layout LAYOUT =
      new Layout(
          List.of(
              category("Loss", LogTag.LOSS, LogTag.LOSS_NOISED, LogTag.EVALUATION_PUBLIC),
              category("Privacy spent", LogTag.EPSILON, LogTag.EPSILON_BUDGET),
              category("Learning rate", LogTag.LEARNING_RATE),
              category("Clipped share", LogTag.CLIPPED, LogTag.CLIPPED_NOISED),
              category("Norm of the noised gradient", LogTag.GRADIENT_NORM),
              category("Tokens a second", LogTag.SPEED)));

  private final SummaryWriter release;
  private final SummaryWriter local;
  private final FinetunePlan plan;
  private final boolean diagnostics;

  private RunLogs(
      SummaryWriter release, SummaryWriter local, FinetunePlan plan, boolean diagnostics) {
    this.release = release;
    this.local = local;
    this.plan = plan;
    this.diagnostics = diagnostics;
  }

  /**
   * @param done the steps that earlier sessions took: what they logged of these stays, and
   *     TensorBoard drops what they logged of later ones
   */
  static RunLogs open(RunInputs in, int done) {
    int begins = done == 0 ? 0 : done + 1;
    FinetuneConfig config = in.config();
    Path folder = config.log().tensorboardDir().orElse(config.savingDir().resolve("tensorboard"));
    Path local = new RunFolder(config.savingDir()).local().resolve("tensorboard");
    String run = String.valueOf(config.savingDir().toAbsolutePath().normalize().getFileName());
    RunLogs logs =
        new RunLogs(
            SummaryWriter.builder(folder.resolve(run))
                .firstStep(begins)
                .flushSeconds(FLUSH_SECONDS)
                .times(step -> YEAR_2000_SECONDS + step)
                .open(),
            SummaryWriter.open(local.resolve(run + ".local"), begins, FLUSH_SECONDS),
            in.plan(),
            config.log().diagnostics() == LogSettings.Diagnostics.LOCAL);
    for (LogTag tag : LogTag.values()) {
      logs.describe(tag);
    }
    logs.release.hparams(run, settings(config, in.plan()));
    logs.release.layout(LAYOUT);
    logs.local.layout(LAYOUT);
    return logs;
  }

  private static Layout.Category category(String title, LogTag... tags) {
    List<String> patterns = Stream.of(tags).map(tag -> "^" + tag.place() + "$").toList();
    return new Layout.Category(title, List.of(new Layout.MultiLine(title, patterns)));
  }

  /** What was chosen, for comparing runs: no number that is computed from the rows. */
  private static Map<String, Object> settings(FinetuneConfig config, FinetunePlan plan) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("private", plan.isPrivate());
    if (plan.isPrivate()) {
      if (!Double.isInfinite(plan.budget())) {
        settings.put("epsilon_budget", plan.budget());
      }
      settings.put("delta", plan.delta());
      settings.put("noise_multiplier", plan.noiseMultiplier());
      settings.put("clip_norm", plan.clipNorm());
    }
    settings.put("batch_size", plan.expectedBatchSize());
    settings.put("steps", plan.steps());
    settings.put("learning_rate", config.optimizer().learningRate());
    config.lora().ifPresent(lora -> settings.put("lora_rank", lora.rank()));
    settings.put("seed", config.seed());
    return settings;
  }

  /** Marks the run as ended, for the page that compares runs. */
  void ended() {
    release.hparamsEnd(true);
  }

  private void describe(LogTag tag) {
    String covered =
        switch (tag.disclosure()) {
          case RELEASED -> "Covered by (ε, δ): safe to publish with the model.";
          case PUBLIC_SETTING -> "The same whatever the rows are: safe to publish.";
          case LOCAL_ONLY -> "Computed on private examples before noise: **not** private.";
        };
    String few =
        tag == LogTag.EVALUATION_PUBLIC || tag == LogTag.EVALUATION_PRIVATE
            ? " Where there are two points, before and after, set smoothing to 0 to read them."
            : "";
    writer(tag).describe(tag.place(), tag.place(), tag.what() + ". " + covered + few);
  }

  private SummaryWriter writer(LogTag tag) {
    return tag.disclosure() == Disclosure.LOCAL_ONLY ? local : release;
  }

  private void scalar(LogTag tag, int step, double value) {
    writer(tag).scalar(tag.place(), step, value);
  }

  void step(StepReport report) {
    int at = report.step();
    scalar(LogTag.LEARNING_RATE, at, report.learningRate());
    if (plan.isPrivate()) {
      scalar(LogTag.EPSILON, at, report.epsilonSpent());
      if (!Double.isInfinite(plan.budget())) {
        scalar(LogTag.EPSILON_BUDGET, at, plan.budget());
      }
      scalar(LogTag.NOISE_MULTIPLIER, at, plan.noiseMultiplier());
      scalar(LogTag.CLIP_THRESHOLD, at, report.clipThreshold());
      scalar(LogTag.GRADIENT_NORM, at, report.gradientNorm());
      report.curve().ifPresent(estimate -> curve(at, estimate));
    }
    if (diagnostics) {
      raw(at, report);
    }
  }

  private void curve(int at, PrivateCurve.Estimate estimate) {
    if (!Double.isNaN(estimate.loss())) {
      scalar(LogTag.LOSS_NOISED, at, estimate.loss());
      scalar(LogTag.LOSS_NOISED_DEVIATION, at, estimate.lossDeviation());
      scalar(LogTag.CLIPPED_NOISED, at, estimate.clippedFraction());
      scalar(LogTag.CLIPPED_NOISED_DEVIATION, at, estimate.clippedDeviation());
    }
    if (!Double.isNaN(estimate.heldOutLoss())) {
      scalar(LogTag.EVALUATION_NOISED, at, estimate.heldOutLoss());
      scalar(LogTag.EVALUATION_NOISED_DEVIATION, at, estimate.heldOutDeviation());
    }
  }

  /** What an empty batch has no mean of is left out: a NaN would look like a run that diverged. */
  private void raw(int at, StepReport report) {
    scalar(LogTag.BATCH_SIZE, at, report.batchSize());
    scalar(LogTag.SPEED, at, report.tokensPerSecond());
    if (report.batchSize() > 0) {
      scalar(LogTag.LOSS, at, report.loss());
      if (plan.isPrivate()) {
        scalar(LogTag.CLIPPED, at, report.clippedFraction());
      }
    }
  }

  void evaluated(int step, double loss, boolean publicData) {
    scalar(publicData ? LogTag.EVALUATION_PUBLIC : LogTag.EVALUATION_PRIVATE, step, loss);
  }

  void audited(int step, double epsilonLower) {
    scalar(LogTag.EPSILON_AUDITED, step, epsilonLower);
  }

  void text(LogTag tag, String markdown) {
    writer(tag).text(tag.place(), 0, markdown);
  }

  @Override
  public void close() {
    release.close();
    local.close();
  }
}
