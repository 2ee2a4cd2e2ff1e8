package dev.reticent.run;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.disclosure.Disclosure;
import dev.reticent.privacy.disclosure.LogTag;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.LogSettings;
import dev.reticent.tensorboard.SummaryWriter;
import dev.reticent.training.StepReport;
import java.nio.file.Path;

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
    return logs;
  }

  private void describe(LogTag tag) {
    String covered =
        switch (tag.disclosure()) {
          case RELEASED -> "Covered by (ε, δ): safe to publish with the model.";
          case PUBLIC_SETTING -> "The same whatever the rows are: safe to publish.";
          case LOCAL_ONLY -> "Computed on private examples before noise: **not** private.";
        };
    writer(tag).describe(tag.place(), tag.place(), tag.what() + ". " + covered);
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
      scalar(LogTag.DELTA, at, plan.delta());
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
    scalar(LogTag.LOSS_NOISED, at, estimate.loss());
    scalar(LogTag.LOSS_NOISED_DEVIATION, at, estimate.lossDeviation());
    scalar(LogTag.CLIPPED_NOISED, at, estimate.clippedFraction());
    scalar(LogTag.CLIPPED_NOISED_DEVIATION, at, estimate.clippedDeviation());
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
