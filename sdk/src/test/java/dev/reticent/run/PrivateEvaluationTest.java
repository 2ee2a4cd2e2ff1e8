package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.training.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loss on held-out private rows, measured inside the steps. */
class PrivateEvaluationTest {

  @TempDir Path folder;

  private Config config() throws IOException {
    return TinyRun.repeatable(folder, 80)
        .with("dataset.held_out_fraction", 0.5)
        .with("privacy.evaluation", true)
        .with("sampling_rate", 0.9)
        .with("batch_size", 36)
        .with("noise_multiplier", 0.05)
        .with("eval_every_n_grad_steps", 2)
        .with("learning_rate", 0.5)
        .with("keep_best", true);
  }

  /** With little noise the estimates are the losses; the best of them is kept, at no further ε. */
  @Test
  void theBestAdapterIsChosenByEstimatesAtNoFurtherEpsilon() throws IOException {
    List<StepReport> reports = new ArrayList<>();
    List<Double> raw = new ArrayList<>();
    FinetuneResult result =
        DPFinetuningRecipe.of(config())
            .run(
                new FinetuneListener() {
                  @Override
                  public void step(StepReport report) {
                    reports.add(report);
                  }

                  @Override
                  public void evaluated(int step, double loss) {
                    raw.add(loss);
                  }
                });
    List<Double> estimates =
        reports.stream().map(r -> r.curve().orElseThrow().heldOutLoss()).toList();
    assertThat(estimates).hasSize(6);
    // the first estimate is of the adapter before its first step, as is the first evaluation;
    // about 36 of 40 are drawn, and 36 are expected
    assertThat(estimates.get(0)).isCloseTo(Math.min(5, raw.get(0)), within(0.8));
    double least = Double.POSITIVE_INFINITY;
    int best = 0;
    for (int window = 0; window < 3; window++) {
      double mean = (estimates.get(2 * window) + estimates.get(2 * window + 1)) / 2;
      best = mean < least ? 2 * window + 2 : best;
      least = Math.min(least, mean);
    }
    assertThat(result.adapterStep()).isEqualTo(best);
    assertThat(result.lossAfter()).isCloseTo(least, within(1e-12));
    PrivateCurve.Estimate first = reports.get(0).curve().orElseThrow();
    assertThat(first.loss()).isNaN();
    assertThat(first.heldOutDeviation()).isPositive().isLessThan(0.01);
    double epsilon =
        new PldAccountant(Neighbors.ADD_OR_REMOVE_ROW)
            .epsilon(PrivacyEvent.poisson(0.9, 0.05, 6), 1e-4);
    assertThat(result.epsilon()).isEqualTo(epsilon);
  }

  @Test
  void whatItCannotMeasureOnIsRefused() throws IOException {
    assertThatThrownBy(() -> DPFinetuningRecipe.of(config().with("dataset.held_out_fraction", 0.0)))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("held out from the training file");
    assertThatThrownBy(() -> DPFinetuningRecipe.of(config().with("dataset.eval_file", "e.jsonl")))
        .hasMessageContaining("no eval_file");
    assertThatThrownBy(() -> DPFinetuningRecipe.of(config().without("privacy.evaluation")))
        .hasMessageContaining("privacy.evaluation: true");
  }
}
