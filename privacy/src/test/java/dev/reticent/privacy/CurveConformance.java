package dev.reticent.privacy;

import static dev.reticent.privacy.ConformanceFixtures.C;
import static dev.reticent.privacy.ConformanceFixtures.PLAN;
import static dev.reticent.privacy.ConformanceFixtures.norm;
import static dev.reticent.privacy.ConformanceFixtures.part;
import static dev.reticent.privacy.ConformanceFixtures.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;

/** What is promised of the coordinates that are released beside the gradients. */
final class CurveConformance {

  private CurveConformance() {}

  /** Gradient and extra coordinates together stay within C, whatever the example. */
  static void privateCurveSharesTheSensitivity() {
    PrivateCurve curve = new PrivateCurve(0.3, 4);
    for (float size : new float[] {-1e9f, 0, 0.1f, 3, 1e9f, Float.NaN}) {
      float[] row = {size, 2 * size, 1};
      PoissonBatch batch = new PoissonBatch(PLAN, 0, new int[] {0}, new Clipping.Flat(C), curve);
      GradientAccumulator sum = batch.accumulator(3);
      sum.add(part(sum, new int[] {0}, new FakeGradients(new float[][] {row}, 3, 1)));
      ClippedSum done = sum.finish();
      assertThat(done.sensitivity()).isEqualTo(C);
      double[] values = Arrays.stream(done.take()).mapToDouble(done.grid()::toDouble).toArray();
      assertThat(values).hasSize(5);
      assertThat(norm(values)).as("row of %s", size).isLessThanOrEqualTo(C);
    }
  }

  static void privateCurveEstimatesLossAndClippedFraction() {
    PrivateCurve curve = new PrivateCurve(0.1, 4);
    SubsampledGaussian plan = new SubsampledGaussian(1, 0.01, 1);
    float[][] rows = new float[40][];
    int[] units = new int[40];
    for (int i = 0; i < 40; i++) {
      rows[i] = new float[] {i < 10 ? 3 : 0.2f, 0};
      units[i] = i;
    }
    GradientAccumulator sum =
        new PoissonBatch(plan, 0, units, new Clipping.Flat(C), curve).accumulator(2);
    sum.add(part(sum, units, new FakeGradients(rows, 2, 1)));
    ClippedSum done = sum.finish();
    NoisySum released = new NoisySum(done.grid(), done.take(), curve, 0, C);
    PrivateCurve.Estimate estimate = released.estimate(40).orElseThrow();
    assertThat(estimate.loss()).isCloseTo(0.25 * 3 + 0.75 * 0.2, within(1e-6));
    assertThat(estimate.clippedFraction()).isCloseTo(0.25, within(1e-6));
    double plain = (10 * C + 30 * 0.2) / 40 * (1 - PartialAccumulator.MARGIN);
    assertThat((double) released.mean(40).values()[0]).isCloseTo(plain, within(1e-6));
  }

  /** A held-out unit moves its own coordinate by at most C, whatever its loss, and no other. */
  static void heldOutUnitsMoveTheirOwnCoordinateByAtMostC() {
    PrivateCurve curve = new PrivateCurve(0.1, 3, 0.25);
    SumRule rule = new SumRule(0, new Clipping.Flat(C), curve, 2);
    for (double loss : new double[] {-1, 0, 1.5, 3, 1e9, Double.NaN, Double.POSITIVE_INFINITY}) {
      PartialAccumulator part = rule.accumulator();
      part.addHeldOut(new int[] {4}, new double[] {loss});
      long[] moved = part.finish().take();
      assertThat(moved).startsWith(0, 0, 0, 0).hasSize(5);
      assertThat(Math.abs(rule.grid().toDouble(moved[4]))).isLessThanOrEqualTo(C);
    }
    int[] units = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    GradientAccumulator sum =
        new PoissonBatch(PLAN, 0, units, new Clipping.Flat(C), curve).accumulator(2);
    sum.add(part(sum, new int[] {0, 1, 2, 3, 4, 5, 6, 7}, new FakeGradients(rows(8, 2, 1), 2, 1)));
    PartialAccumulator heldOut = sum.rule().accumulator();
    heldOut.addHeldOut(new int[] {8, 9}, new double[] {0.5, 9});
    assertThatThrownBy(() -> heldOut.addHeldOut(new int[] {8}, new double[] {1}))
        .hasMessageContaining("already");
    sum.add(heldOut.finish());
    ClippedSum done = sum.finish();
    NoisySum released = new NoisySum(done.grid(), done.take(), curve, 0, C);
    // two of ten are held out, as 0.25 for each trained on says; a loss counts up to 3
    assertThat(released.estimate(8).orElseThrow().heldOutLoss()).isCloseTo(1.75, within(1e-6));
    assertThat(released.mean(8).values()).hasSize(2);
    PartialAccumulator plain =
        new SumRule(0, new Clipping.Flat(C), PrivateCurve.NONE, 2).accumulator();
    assertThatThrownBy(() -> plain.addHeldOut(new int[] {1}, new double[] {1}))
        .hasMessageContaining("no held-out units");
  }

  static void adaptiveThresholdFollowsTheQuantile() {
    Clipping.Adaptive clipping = new Clipping.Adaptive(C, 10, 0.5, 0.5);
    for (int step = 0; step < 100; step++) {
      double clipped = 1 - Normal.cdf(Math.log(clipping.threshold()));
      clipping = clipping.after(new PrivateCurve.Estimate(0, 0, clipped, 0));
    }
    assertThat(clipping.threshold()).isCloseTo(1, within(0.02));
    assertThat(clipping.clipNorm()).isEqualTo(C);
  }
}
