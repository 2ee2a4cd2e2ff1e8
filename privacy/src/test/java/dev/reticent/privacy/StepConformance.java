package dev.reticent.privacy;

import static dev.reticent.privacy.ConformanceFixtures.C;
import static dev.reticent.privacy.ConformanceFixtures.PLAN;
import static dev.reticent.privacy.ConformanceFixtures.deviation;
import static dev.reticent.privacy.ConformanceFixtures.empty;
import static dev.reticent.privacy.ConformanceFixtures.ledger;
import static dev.reticent.privacy.ConformanceFixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;

/** What a step promises as a whole. */
final class StepConformance {

  private StepConformance() {}

  /** Passing over batches until one suits would tell of its units. */
  static void noBatchIsPassedOver() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      PrivateStep step =
          PrivateStep.open(plan(PLAN, 10), new Clipping.Flat(C), RunKey.fresh(), ledger, 40);
      PoissonBatch first = step.sample();
      assertThatThrownBy(step::sample).hasMessageContaining("may not be passed over");
      step.release(empty(first));
      step.sample();
      assertThatThrownBy(() -> step.release(empty(first))).hasMessageContaining("not that of the");
      assertThat(ledger.stepsCharged()).isEqualTo(1);
    }
  }

  /** Two samplers with one key draw the same batches, whose noise is counted as if they did not. */
  static void keyServesOneStep() throws IOException {
    RunKey key = RunKey.fresh();
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      PrivateStep.open(plan(PLAN, 10), new Clipping.Flat(C), key, ledger, 40);
      assertThatThrownBy(
              () -> PrivateStep.open(plan(PLAN, 10), new Clipping.Flat(C), key, ledger, 40))
          .hasMessageContaining("another private step");
    }
  }

  static void stepOfAnotherLedgerIsRefused() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      SubsampledGaussian other = new SubsampledGaussian(0.5, 1.7, 40);
      assertThatThrownBy(
              () ->
                  PrivateStep.open(
                      plan(other, 10), new Clipping.Flat(C), RunKey.fresh(), ledger, 40))
          .hasMessageContaining("accounts for");
      assertThatThrownBy(
              () ->
                  PrivateStep.open(
                      plan(PLAN, 10), new Clipping.Flat(2 * C), RunKey.fresh(), ledger, 40))
          .hasMessageContaining("clip norm");
      assertThatThrownBy(
              () ->
                  PrivateStep.open(
                      plan(PLAN, 10),
                      new Clipping.Adaptive(C, 1, 0.5, 0.2),
                      RunKey.fresh(),
                      ledger,
                      40))
          .hasMessageContaining("give the curve a share");
    }
  }

  /** The mean is in the units of the gradients, and the next step is clipped as this one says. */
  static void adaptiveStepMovesItsThresholdByWhatItReleased() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      Clipping clipping = new Clipping.Adaptive(C, 3 * C, 0.5, 0.2);
      StepPlan plan = new StepPlan(PLAN, new PrivateCurve(0.1, 5), 10);
      PrivateStep step = PrivateStep.open(plan, clipping, RunKey.fresh(), ledger, 40);
      PoissonBatch batch = step.sample();
      ClippedSum sum = empty(batch);
      PrivateStep.Release released = step.release(sum);
      PrivateCurve.Estimate estimate = released.curve().orElseThrow();
      assertThat(step.clipping()).isEqualTo(clipping.after(estimate)).isNotEqualTo(clipping);
      double share = plan.curve().gradientShare();
      assertThat(deviation(released.mean().values()) / (1.7 * C * 3 / 10 / share))
          .isCloseTo(1, within(0.1));
      assertThat(released.epsilonSpent()).isEqualTo(0.1);
    }
  }
}
