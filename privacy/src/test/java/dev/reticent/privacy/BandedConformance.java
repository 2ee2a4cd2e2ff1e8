package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What correlated noise promises, as checks. */
final class BandedConformance {

  private static final double SIGMA = 1.5;
  private static final double C = 0.3;
  private static final int BANDS = 4;
  private static final SubsampledGaussian PLAN = new SubsampledGaussian(0.125, SIGMA, 12, BANDS);
  private static final int COORDINATES = 20_000;

  private BandedConformance() {}

  /** Drawn while the sum is computed or after it: the same bits; and never another step's. */
  static void noiseDrawnAheadIsTheNoiseOfItsStep() throws IOException {
    List<float[]> after = released(RunKey.insecureForTests(8), 0, false);
    List<float[]> ahead = released(RunKey.insecureForTests(8), 0, true);
    for (int t = 0; t < after.size(); t++) {
      assertThat(ahead.get(t)).isEqualTo(after.get(t));
    }
  }

  /**
   * C times what empty batches release is white: each row has the deviation σC and no correlation
   * with another, and one row of C⁻¹ alone makes the first release.
   */
  static void bandsTimesTheNoiseAreIndependentDraws() throws IOException {
    for (int first : new int[] {0, 3}) {
      List<float[]> released = released(RunKey.fresh(), first);
      BandedMatrix matrix = BandedMatrix.of(BANDS, PLAN.steps());
      double column = 0;
      for (int lag = 0; lag < BANDS; lag++) {
        column += matrix.band(lag) * matrix.band(lag);
      }
      assertThat(column).as("squared norm of the longest column").isCloseTo(1, within(1e-12));
      List<double[]> white = new ArrayList<>();
      for (int t = 0; t < released.size(); t++) {
        double[] row = new double[COORDINATES];
        for (int lag = 0; lag < BANDS && lag <= t; lag++) {
          for (int i = 0; i < COORDINATES; i++) {
            row[i] += matrix.band(lag) * released.get(t - lag)[i];
          }
        }
        white.add(row);
      }
      double spread = 6 / Math.sqrt(2.0 * COORDINATES);
      for (int t = 0; t < white.size(); t++) {
        assertThat(Math.sqrt(product(white, t, t)))
            .isCloseTo(SIGMA * C, within(SIGMA * C * spread));
        assertThat(deviation(released.get(t)))
            .isCloseTo(SIGMA * C * matrix.deviation(t), within(SIGMA * C * 2 * spread));
        for (int s = 0; s < t; s++) {
          assertThat(product(white, s, t) / (SIGMA * SIGMA * C * C))
              .as("correlation of %d and %d", s, t)
              .isCloseTo(0, within(6 / Math.sqrt(COORDINATES)));
        }
      }
    }
  }

  private static List<float[]> released(RunKey key, int first) throws IOException {
    return released(key, first, false);
  }

  /**
   * @param ahead whether noise is drawn ahead, in step 3 that of the step before
   */
  private static List<float[]> released(RunKey key, int first, boolean ahead) throws IOException {
    List<float[]> released = new ArrayList<>();
    try (Ledger ledger = ConformanceFixtures.ledger(PLAN, key.secret(), 9)) {
      PrivateStep step =
          PrivateStep.resume(
              ConformanceFixtures.plan(PLAN, 1), new Clipping.Flat(C), key, ledger, 1, first);
      GradientAccumulator last = null;
      while (step.hasNext()) {
        PoissonBatch batch = step.sample();
        GradientAccumulator sum = batch.accumulator(COORDINATES);
        if (ahead) {
          step.drawAhead(batch.step() == 3 ? last : sum);
        }
        last = sum;
        int[] units = batch.indices();
        PartialAccumulator part = sum.rule().accumulator();
        part.add(units, new FakeGradients(new float[units.length][COORDINATES], COORDINATES, 1));
        sum.add(part.finish());
        released.add(step.release(sum.finish()).mean().values());
      }
    }
    return released;
  }

  private static double product(List<double[]> rows, int s, int t) {
    double sum = 0;
    for (int i = 0; i < COORDINATES; i++) {
      sum += rows.get(s)[i] * rows.get(t)[i];
    }
    return sum / COORDINATES;
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  /** Under a test key a run that goes on makes the noise that it would have made. */
  static void testRunsGoOnWithTheSameNoise() throws IOException {
    List<float[]> whole = released(RunKey.insecureForTests(8), 0);
    List<float[]> resumed = released(RunKey.insecureForTests(8), 5);
    assertThat(resumed).hasSize(7);
    for (int t = 0; t < resumed.size(); t++) {
      assertThat(resumed.get(t)).isEqualTo(whole.get(5 + t));
    }
  }

  /**
   * A unit is drawn every b steps at most, q of all steps on average; groups are drawn by chance.
   */
  static void unitsTakeTurnsInGroups() {
    int units = 4000;
    int steps = 400;
    SubsampledGaussian plan = new SubsampledGaussian(0.1, 1, steps, BANDS);
    PoissonSampler sampler = new PoissonSampler(plan, units, RunKey.insecureForTests(6), 0);
    int[] groups = new int[units];
    Arrays.fill(groups, -1);
    long drawn = 0;
    while (sampler.hasNext()) {
      PoissonBatch batch = ConformanceFixtures.next(sampler);
      assertThat(batch.round()).isEqualTo(batch.step() / BANDS);
      drawn += batch.size();
      for (int unit : batch.indices()) {
        int group = batch.step() % BANDS;
        assertThat(groups[unit] == -1 || groups[unit] == group).as("one group a unit").isTrue();
        groups[unit] = group;
      }
    }
    assertThat((double) drawn / units / steps).isCloseTo(0.1, within(0.002));
    int[] sizes = new int[BANDS];
    int sameAsNeighbor = 0;
    for (int unit = 0; unit < units; unit++) {
      assertThat(groups[unit]).isNotNegative();
      sizes[groups[unit]]++;
      sameAsNeighbor += unit > 0 && groups[unit] == groups[unit - 1] ? 1 : 0;
    }
    assertThat(Arrays.stream(sizes)).allMatch(size -> size > 800 && size < 1200);
    assertThat(sameAsNeighbor).as("neighbors in one group").isBetween(800, 1200);
  }

  /** The paper's theorem 4: ⌈T/b⌉ steps at the rate bq. */
  static void roundsAreAccountedAtTheRateOfAGroup() {
    assertThat(new SubsampledGaussian(0.125, SIGMA, 10, BANDS).accounted())
        .isEqualTo(new SubsampledGaussian(0.5, SIGMA, 3));
    assertThat(PLAN.accounted().accounted()).isEqualTo(PLAN.accounted());
    assertThatThrownBy(() -> new SubsampledGaussian(0.3, 1, 9, BANDS))
        .hasMessageContaining("one over the sampling rate");
  }

  /** A fresh key begins a round: what is left of the last one is charged whole. */
  static void eachSessionBeginsARound() throws IOException {
    Path path = ConformanceFixtures.path();
    try (Ledger ledger = ConformanceFixtures.ledger(path, PLAN, true, 9)) {
      for (int step = 0; step < 6; step++) {
        ledger.record(step, PLAN, C);
        assertThat(ledger.roundsCharged()).isEqualTo(1 + step / BANDS);
      }
      assertThat(ledger.epsilonSpent()).isCloseTo(0.2, within(1e-12));
      assertThatThrownBy(
              () ->
                  PrivateStep.resume(
                      ConformanceFixtures.plan(PLAN, 1),
                      new Clipping.Flat(C),
                      RunKey.fresh(),
                      ledger,
                      9,
                      6))
          .hasMessageContaining("open it anew");
    }
    for (int session = 1; session <= 3; session++) {
      try (Ledger ledger = ConformanceFixtures.ledger(path, PLAN, true, 9)) {
        assertThat(ledger.roundsCharged()).isEqualTo(1 + session);
        ledger.record(6, PLAN, C);
        assertThat(ledger.roundsCharged()).isEqualTo(2 + session);
      }
    }
  }
}
