package dev.reticent.recipe;

import dev.reticent.tensorboard.SummaryWriter;
import dev.reticent.training.StepReport;
import java.nio.file.Path;

/**
 * The two TensorBoard runs: what ε covers, and, beside it in {@code <run>.private}, what it does
 * not.
 */
final class RunLogs implements AutoCloseable {

  private static final String COVERED = "Covered by (ε, δ): safe to publish with the model.";
  private static final String NOT_COVERED =
      "Computed on private examples before noise: **not** covered by ε. Do not publish.";

  private final SummaryWriter release;
  private final SummaryWriter secret;
  private final FinetunePlan plan;
  private final boolean diagnostics;

  RunLogs(Path tensorboard, String run, FinetunePlan plan, int firstStep, boolean diagnostics) {
    this.plan = plan;
    this.diagnostics = diagnostics;
    release = SummaryWriter.open(tensorboard.resolve(run), firstStep, 2);
    secret = SummaryWriter.open(tensorboard.resolve(run + ".private"), firstStep, 2);
    for (String tag :
        new String[] {
          "privacy/epsilon",
          "privacy/epsilon_budget",
          "privacy/delta",
          "privacy/noise_multiplier",
          "train/learning_rate",
          "grad/norm_noised"
        }) {
      release.describe(tag, tag, COVERED);
    }
    for (String tag :
        new String[] {
          "train/loss", "train/lot_size", "diag/clipped_fraction", "perf/tokens_per_second"
        }) {
      secret.describe(tag, tag, NOT_COVERED);
    }
    release.describe("eval/loss", "eval/loss", "Covered only when the evaluation data is public.");
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
      release.scalar("grad/norm_noised", at, report.gradientNorm());
    }
    if (diagnostics) {
      secret.scalar("train/loss", at, report.loss());
      secret.scalar("train/lot_size", at, report.batchSize());
      secret.scalar("perf/tokens_per_second", at, report.tokens() / report.seconds());
      if (plan.isPrivate()) {
        secret.scalar("diag/clipped_fraction", at, report.clippedFraction());
      }
    }
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
