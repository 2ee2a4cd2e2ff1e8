package dev.reticent.run;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.LogSettings;
import dev.reticent.tensorboard.SummaryWriter;
import dev.reticent.training.StepReport;
import java.nio.file.Path;

/**
 * The two TensorBoard runs: what ε covers, and, beside it in {@code <run>.private}, what it does
 * not.
 */
final class RunLogs implements AutoCloseable {

  private static final double FLUSH_SECONDS = 2;

  private final SummaryWriter release;
  private final SummaryWriter secret;
  private final FinetunePlan plan;
  private final boolean diagnostics;

  private RunLogs(
      SummaryWriter release, SummaryWriter secret, FinetunePlan plan, boolean diagnostics) {
    this.release = release;
    this.secret = secret;
    this.plan = plan;
    this.diagnostics = diagnostics;
  }

  static RunLogs open(RunInputs in, int firstStep) {
    FinetuneConfig config = in.config();
    Path folder = config.log().tensorboardDir().orElse(config.savingDir().resolve("tensorboard"));
    String run = String.valueOf(config.savingDir().toAbsolutePath().normalize().getFileName());
    RunLogs logs =
        new RunLogs(
            SummaryWriter.open(folder.resolve(run), firstStep, FLUSH_SECONDS),
            SummaryWriter.open(folder.resolve(run + ".private"), firstStep, FLUSH_SECONDS),
            in.plan(),
            config.log().diagnostics() == LogSettings.Diagnostics.LOCAL);
    logs.describe(config.privacy().clipping().curve());
    return logs;
  }

  private void describe(PrivateCurve curve) {
    covered("privacy/epsilon", "ε so far.");
    covered("privacy/epsilon_budget", "The ε that is not exceeded.");
    covered("privacy/delta", "δ.");
    covered("privacy/noise_multiplier", "σ: the noise's standard deviation over C.");
    covered("privacy/clip_threshold", "The norm above which gradients are scaled down.");
    covered("train/learning_rate", "The learning rate.");
    covered("grad/norm_noised", "The norm of the mean gradient after noise.");
    covered(
        "train/loss_private",
        "An estimate of the mean training loss, clipped at %s, from the noised sum itself."
            .formatted(curve.lossBound()));
    covered("train/loss_private_noise_std", "Standard deviation of the noise in it.");
    covered("train/clipped_fraction_private", "An estimate of the share of clipped examples.");
    covered("train/clipped_fraction_private_noise_std", "Standard deviation of the noise in it.");
    for (String tag :
        new String[] {
          "train/loss", "train/lot_size", "diag/clipped_fraction", "perf/tokens_per_second"
        }) {
      secret.describe(
          tag,
          tag,
          "Computed on private examples before noise: **not** covered by ε. Do not publish.");
    }
    release.describe("eval/loss", "eval/loss", "Covered only when the evaluation data is public.");
  }

  private void covered(String tag, String what) {
    release.describe(tag, tag, what + " Covered by (ε, δ): safe to publish with the model.");
  }

  void step(StepReport report) {
    int at = report.step();
    release.scalar("train/learning_rate", at, report.learningRate());
    if (plan.isPrivate()) {
      release.scalar("privacy/epsilon", at, report.epsilonSpent());
      if (!Double.isInfinite(plan.budget())) {
        release.scalar("privacy/epsilon_budget", at, plan.budget());
      }
      release.scalar("privacy/delta", at, plan.delta());
      release.scalar("privacy/noise_multiplier", at, plan.noiseMultiplier());
      release.scalar("privacy/clip_threshold", at, report.clipThreshold());
      release.scalar("grad/norm_noised", at, report.gradientNorm());
      report.curve().ifPresent(estimate -> curve(at, estimate));
    }
    if (diagnostics) {
      secret.scalar("train/loss", at, report.loss());
      secret.scalar("train/lot_size", at, report.batchSize());
      secret.scalar("perf/tokens_per_second", at, report.tokensPerSecond());
      if (plan.isPrivate()) {
        secret.scalar("diag/clipped_fraction", at, report.clippedFraction());
      }
    }
  }

  private void curve(int at, PrivateCurve.Estimate estimate) {
    release.scalar("train/loss_private", at, estimate.loss());
    release.scalar("train/loss_private_noise_std", at, estimate.lossDeviation());
    release.scalar("train/clipped_fraction_private", at, estimate.clippedFraction());
    release.scalar("train/clipped_fraction_private_noise_std", at, estimate.clippedDeviation());
  }

  void evaluated(int step, double loss, boolean publicData) {
    (publicData ? release : secret).scalar("eval/loss", step, loss);
  }

  void text(String tag, String markdown) {
    release.text(tag, 0, markdown);
  }

  @Override
  public void close() {
    release.close();
    secret.close();
  }
}
