package dev.reticent.privacy;

import static dev.reticent.privacy.ConformanceFixtures.C;
import static dev.reticent.privacy.ConformanceFixtures.PLAN;
import static dev.reticent.privacy.ConformanceFixtures.deviation;
import static dev.reticent.privacy.ConformanceFixtures.ledger;
import static dev.reticent.privacy.ConformanceFixtures.next;
import static dev.reticent.privacy.ConformanceFixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.Subsampling;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is promised of the batches that a step draws. */
final class SamplingConformance {

  private SamplingConformance() {}

  /** Counts and their variance are binomial, and steps are independent. */
  static void batchesArePoissonSamples() {
    int units = 400;
    int steps = 600;
    SubsampledGaussian plan = new SubsampledGaussian(0.1, 1, steps);
    PoissonSampler sampler = new PoissonSampler(plan, units, RunKey.insecureForTests(7), 0);
    int[] often = new int[units];
    double sum = 0;
    double squares = 0;
    int repeats = 0;
    boolean[] before = new boolean[units];
    while (sampler.hasNext()) {
      PoissonBatch batch = next(sampler);
      boolean[] now = new boolean[units];
      for (int index : batch.indices()) {
        often[index]++;
        now[index] = true;
        repeats += before[index] ? 1 : 0;
      }
      before = now;
      sum += batch.size();
      squares += (double) batch.size() * batch.size();
    }
    double mean = sum / steps;
    assertThat(mean).isCloseTo(40, within(1.3));
    assertThat(squares / steps - mean * mean).isCloseTo(36, within(10.0));
    double spread = 0;
    for (int n : often) {
      spread += (n - 60.0) * (n - 60.0) / units;
    }
    assertThat(spread).as("variance of how often a unit is drawn").isCloseTo(54, within(17.0));
    assertThat(repeats).isBetween(2000, 2800);
  }

  static void samplerTakesExactlyTheAccountedSteps() {
    PoissonSampler sampler = new PoissonSampler(PLAN, 9, RunKey.fresh(), 0);
    for (int step = 0; step < PLAN.steps(); step++) {
      assertThat(next(sampler).step()).isEqualTo(step);
    }
    assertThat(sampler.hasNext()).isFalse();
    assertThatThrownBy(() -> next(sampler)).hasMessageContaining("all 40 steps");
  }

  static void emptyBatchesAreSampledNoisedAndCharged() throws IOException {
    SubsampledGaussian rare = new SubsampledGaussian(1e-9, 1.7, 3);
    try (Ledger ledger = ledger(rare, true, 9)) {
      PrivateStep step =
          PrivateStep.open(plan(rare, 1), new Clipping.Flat(C), RunKey.fresh(), ledger, 1);
      while (step.hasNext()) {
        PoissonBatch batch = step.sample();
        assertThat(batch.size()).isZero();
        float[] mean = step.release(batch.accumulator(1000).finish()).mean().values();
        assertThat(deviation(mean)).isCloseTo(1.7 * C, within(0.1));
      }
      assertThat(ledger.stepsCharged()).isEqualTo(3);
    }
  }

  /** Bin(40, ½) is below 16 in 7.7 % of cases; else 16 of those drawn are kept, whichever. */
  static void batchesAboveTheLimitAreCutAtRandom() {
    int units = 40;
    int steps = 4000;
    SubsampledGaussian plan =
        new SubsampledGaussian(0.5, 1, steps, 1, Optional.of(new Truncation(units, 16)));
    PoissonSampler sampler = new PoissonSampler(plan, units, RunKey.insecureForTests(7), 0);
    PoissonSampler whole =
        new PoissonSampler(
            new SubsampledGaussian(0.5, 1, steps), units, RunKey.insecureForTests(7), 0);
    int[] often = new int[units];
    Set<List<Integer>> places = new HashSet<>();
    int cut = 0;
    while (sampler.hasNext()) {
      int[] kept = next(sampler).indices();
      int[] drawn = next(whole).indices();
      assertThat(kept).isSorted().hasSize(Math.min(16, drawn.length));
      assertThat(Arrays.stream(kept).boxed()).isSubsetOf(Arrays.stream(drawn).boxed().toList());
      for (int index : kept) {
        often[index]++;
      }
      cut += drawn.length > 16 ? 1 : 0;
      if (drawn.length == 20) {
        places.add(Arrays.stream(kept).mapToObj(unit -> Arrays.binarySearch(drawn, unit)).toList());
      }
    }
    double each = Arrays.stream(often).sum() / (double) units;
    assertThat(cut).isBetween(3450, 3680);
    for (int n : often) {
      assertThat((double) n).isCloseTo(each, within(5 * Math.sqrt(each * 0.61)));
    }
    assertThat(places).as("which of 20 are kept").hasSizeGreaterThan(300);
  }

  static void aLimitIsAccountedFor() {
    Truncation limit = new Truncation(100, 10);
    SubsampledGaussian plan = new SubsampledGaussian(0.1, 1, 5, 1, Optional.of(limit));
    assertThat(plan.event(5))
        .isEqualTo(new PrivacyEvent(new Subsampling.TruncatedPoisson(0.1, 100, 10), 1, 5));
    for (int units : new int[] {99, 101}) {
      assertThatThrownBy(() -> new PoissonSampler(plan, units, RunKey.insecureForTests(1), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("knows of 100 units, got " + units);
    }
    assertThatThrownBy(() -> new SubsampledGaussian(0.1, 1, 5, 2, Optional.of(limit)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
