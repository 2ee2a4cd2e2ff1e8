package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import dev.reticent.privacy.accounting.TradeOff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;

/**
 * What the mechanisms promise, as checks. {@link ConformanceTest} runs them on the real code,
 * {@link MutantsTest} on broken variants of it.
 */
final class Conformance {

  private static final SubsampledGaussian PLAN = new SubsampledGaussian(0.25, 1.7, 40);
  private static final double C = 0.3;
  private static final double[] ONE = {1};
  private static final List<Clipping> CLIPPINGS =
      List.of(
          new Clipping.Flat(C),
          new Clipping.PerLayer(C),
          new Clipping.Automatic(C, 0.01),
          new Clipping.Adaptive(C, 2.5, 0.5, 0.2));

  private Conformance() {}

  // Clipping and sums

  /** Sums equal a loop over batches of one that clips in double. */
  static void sumEqualsALoopOverSingleExamples() {
    float[][] rows = rows(37, 50, 1);
    for (double scale : new double[] {1e-3, 0.05, 10}) {
      float[][] scaled = scaled(rows, scale);
      double[] expected = new double[50];
      for (float[] row : scaled) {
        double factor = Math.min(1, C / norm(row)) * (1 - PartialAccumulator.MARGIN);
        for (int p = 0; p < 50; p++) {
          expected[p] += factor * row[p];
        }
      }
      double[] found = sum(new Clipping.Flat(C), scaled, 8, 1);
      assertThat(distance(found, expected)).isLessThan(1e-6 * norm(expected));
    }
  }

  /** One more example moves the sum by at most C, for every clipping and any size of example. */
  static void oneUnitMovesTheSumByAtMostC() {
    for (Clipping clipping : CLIPPINGS) {
      for (double scale : new double[] {1e-9, 0.01, 1, 7, 1e4, 1e15}) {
        for (int seed = 0; seed < 10; seed++) {
          float[][] with = rows(20, 30, seed);
          with[19] = scaled(new float[][] {with[19]}, scale)[0];
          float[][] without = Arrays.copyOf(with, 19);
          double moved = distance(sum(clipping, with, 7, 3), sum(clipping, without, 7, 3));
          assertThat(moved).as("%s at %s", clipping, scale).isLessThanOrEqualTo(C);
          double alone = norm(sum(clipping, new float[][] {with[19]}, 1, 3));
          assertThat(alone).as("%s at %s", clipping, scale).isLessThanOrEqualTo(C);
        }
      }
    }
  }

  static void clippingByLayerBoundsEachLayer() {
    double[][] weights = new Clipping.PerLayer(C).weights(new double[][] {{4}, {1e-6}});
    assertThat(weights[0][0] * 2).isCloseTo(C / Math.sqrt(2), within(1e-12));
    assertThat(weights[1][0]).isEqualTo(1);
  }

  static void exampleThatIsNotFiniteContributesZero() {
    for (Clipping clipping : CLIPPINGS) {
      float[][] rows = rows(6, 10, 2);
      double[] without = sum(clipping, rows, 3, 2);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[][] with = Arrays.copyOf(rows, 7);
        with[6] = new float[10];
        with[6][4] = bad;
        assertThat(sum(clipping, with, 3, 2)).isEqualTo(without);
      }
    }
  }

  /** 12 settings: four orders of the same micro-batches, added by one, two and four workers. */
  static void sumHasTheSameBitsInAnyOrderOnAnyWorkers() {
    float[][] rows = rows(64, 40, 3);
    double[] expected = null;
    for (int order = 0; order < 4; order++) {
      for (int workers : new int[] {1, 2, 4}) {
        double[] found = sum(new Clipping.Flat(C), rows, 8, 1, order, workers);
        expected = expected == null ? found : expected;
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  /** Rows on a coarse grid sum without fp32 rounding, so their micro-batches do not matter. */
  static void sumDoesNotDependOnTheMicroBatches() {
    float[][] rows = rows(48, 20, 4);
    for (float[] row : rows) {
      for (int p = 0; p < row.length; p++) {
        row[p] = Math.round(row[p] * 4) * 0x1p-12f;
      }
    }
    double[] expected = sum(new Clipping.Flat(C), rows, 48, 1);
    for (int size : new int[] {1, 2, 3, 5, 7, 8, 16, 31}) {
      assertThat(sum(new Clipping.Flat(C), rows, size, 1)).isEqualTo(expected);
    }
  }

  static void everyUnitIsAddedExactlyOnce() {
    GradientAccumulator sum = accumulator(new int[] {2, 5}, 3);
    FakeGradients one = new FakeGradients(rows(1, 3, 5), 3, 1);
    sum.add(part(sum, new int[] {5}, one));
    assertThatThrownBy(() -> sum.add(part(sum, new int[] {5}, one)))
        .hasMessageContaining("already");
    assertThatThrownBy(() -> sum.add(part(sum, new int[] {3}, one)))
        .hasMessageContaining("not in this");
    assertThatThrownBy(() -> part(sum, new int[] {2, 3}, one)).hasMessageContaining("expected");
    assertThatThrownBy(sum::finish).hasMessageContaining("lacks 1");
    sum.add(part(sum, new int[] {2}, one));
    sum.finish();
    assertThatThrownBy(sum::finish).hasMessageContaining("already");
  }

  /** What is refused leaves every unit of it free, and the sum as it was. */
  static void unitsAreAllClaimedOrNone() {
    FakeGradients two = new FakeGradients(rows(2, 3, 5), 3, 1);
    PartialAccumulator part =
        new SumRule(0, new Clipping.Flat(C), PrivateCurve.NONE, 3).accumulator();
    assertThatThrownBy(() -> part.add(new int[] {0, 0}, two)).hasMessageContaining("already");
    part.add(new int[] {0, 1}, two);
    assertThatThrownBy(() -> part.add(new int[] {2, 1}, two)).hasMessageContaining("already");
    part.add(new int[] {2, 3}, two);
    assertThat(part.finish().units()).containsExactly(0, 1, 2, 3);

    FakeDeviceSum failing =
        new FakeDeviceSum() {
          private boolean failed;

          @Override
          public void add(FakeGradients gradients, Scaling scaling, double factor) {
            if (!failed) {
              failed = true;
              throw new IllegalStateException("no memory");
            }
            super.add(gradients, scaling, factor);
          }
        };
    DeviceAccumulator<FakeGradients> there = rule(3).accumulator(failing);
    assertThatThrownBy(() -> there.add(new int[] {0, 1}, 1, two)).hasMessage("no memory");
    there.add(new int[] {0, 1}, 1, two);
    assertThatThrownBy(() -> there.add(new int[] {2, 1}, 1, two)).hasMessageContaining("already");
    assertThatThrownBy(() -> there.add(new int[] {2, 2}, 1, two)).hasMessageContaining("already");
    assertThat(there.finish().units()).containsExactly(0, 1);
    assertThatThrownBy(there::finish).hasMessageContaining("already");
    assertThatThrownBy(() -> there.add(new int[] {2, 3}, 1, two)).hasMessageContaining("finished");

    GradientAccumulator sum = accumulator(new int[] {0, 1, 2}, 3);
    assertThatThrownBy(() -> sum.add(part(sum, new int[] {0, 9}, two)))
        .hasMessageContaining("not in this");
    sum.add(part(sum, new int[] {0, 1}, two));
    assertThatThrownBy(() -> sum.add(part(sum, new int[] {2, 0}, two)))
        .hasMessageContaining("already");
    sum.add(part(sum, new int[] {2}, new FakeGradients(rows(1, 3, 5), 3, 1)));
    sum.finish();
  }

  static void partsAddUpInAnyOrder() {
    float[][] rows = rows(12, 9, 8);
    int[] units = new int[12];
    Arrays.setAll(units, i -> i);
    long[] expected = null;
    for (int[] ends : new int[][] {{12}, {5, 12}, {1, 2, 9, 12}}) {
      for (boolean backwards : new boolean[] {false, true}) {
        GradientAccumulator sum = accumulator(units, 9);
        List<PartialSum> parts = new ArrayList<>();
        int from = 0;
        for (int end : ends) {
          FakeGradients some = new FakeGradients(Arrays.copyOfRange(rows, from, end), 9, 1);
          parts.add(
              backwards ? 0 : parts.size(), part(sum, Arrays.copyOfRange(units, from, end), some));
          from = end;
        }
        parts.forEach(part -> sum.add(PartialSum.ofBytes(part.toBytes())));
        long[] found = sum.finish().take();
        expected = expected == null ? found : expected;
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  /**
   * Whatever gradients say of their norms, a sum longer than n·C is refused, wherever it is made.
   */
  static void sumLongerThanItsUnitsCanMakeItIsRefused() {
    float[][] rows = rows(3, 4, 1);
    PerExampleGradients careless =
        new PerExampleGradients() {
          @Override
          public int count() {
            return 3;
          }

          @Override
          public int dimension() {
            return 4;
          }

          @Override
          public int groups() {
            return 1;
          }

          @Override
          public double[][] squaredNorms() {
            return new FakeGradients(rows, 4, 1).squaredNorms();
          }

          @Override
          public double[] wholeSum(double[][] weights) {
            return new double[] {0x1p40, 0, 0, 0};
          }
        };
    GradientAccumulator sum = accumulator(new int[] {0, 1, 2}, 4);
    assertThatThrownBy(() -> part(sum, new int[] {0, 1, 2}, careless))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nothing is released");
    for (double wrong : new double[] {0x1p40, Double.NaN, Double.POSITIVE_INFINITY}) {
      DeviceAccumulator<FakeGradients> there =
          rule(4)
              .accumulator(
                  device(new DeviceSum.MicroBatch(new double[1][3], new double[3], wrong * wrong)));
      there.add(new int[] {0, 1, 2}, 1, new FakeGradients(rows, 4, 1));
      assertThatThrownBy(there::finish).hasMessageContaining("nothing is released");
    }
    PartialSum forged = new PartialSum(0, C, new int[] {0}, new long[] {1L << 40, 0, 0, 0});
    assertThatThrownBy(() -> sum.add(PartialSum.ofBytes(forged.toBytes())))
        .hasMessageContaining("nothing is released");
    assertThatThrownBy(sum::finish).hasMessageContaining("lacks 3");
  }

  static void deviceThatCountsOtherwiseIsRefused() {
    FakeGradients two = new FakeGradients(rows(2, 4, 5), 4, 1);
    DeviceSum.MicroBatch right = new DeviceSum.MicroBatch(new double[1][2], new double[2], 1);
    DeviceSum.MicroBatch more = new DeviceSum.MicroBatch(new double[1][3], new double[3], 1);
    for (List<DeviceSum.MicroBatch> wrong :
        List.<List<DeviceSum.MicroBatch>>of(List.of(), List.of(right, right), List.of(more))) {
      DeviceAccumulator<FakeGradients> there =
          rule(4).accumulator(device(wrong.toArray(DeviceSum.MicroBatch[]::new)));
      there.add(new int[] {0, 1}, 1, two);
      assertThatThrownBy(there::finish).isInstanceOf(IllegalStateException.class);
    }
    DeviceAccumulator<FakeGradients> there = rule(5).accumulator(device(right));
    there.add(new int[] {0, 1}, 1, two);
    assertThatThrownBy(there::finish).hasMessageContaining("of 4 coordinates");
    assertThat(rule(4).accumulator(new FakeDeviceSum()).finish().coordinates()).isEqualTo(4);
  }

  static void sumsOfAnotherRuleAreRefused() {
    GradientAccumulator sum = accumulator(new int[] {0}, 2);
    for (SumRule other :
        List.of(
            new SumRule(1, new Clipping.Flat(C), PrivateCurve.NONE, 2),
            new SumRule(0, new Clipping.Flat(2 * C), PrivateCurve.NONE, 2),
            new SumRule(0, new Clipping.Flat(C), PrivateCurve.NONE, 3),
            new SumRule(0, new Clipping.Flat(C), new PrivateCurve(0.1, 5), 2))) {
      PartialAccumulator part = other.accumulator();
      part.add(
          new int[] {0}, new FakeGradients(rows(1, other.dimension(), 5), other.dimension(), 1));
      assertThatThrownBy(() -> sum.add(part.finish())).hasMessageContaining("expected a sum");
    }
  }

  /** Partial sums cross as bytes, exactly or not at all. */
  static void partialSumsCrossExactlyOrNotAtAll() {
    Random random = new Random(4);
    for (int size : new int[] {0, 1, 1023, 1024, 1025, 5000}) {
      long[] values = new long[size];
      for (int i = 0; i < size; i++) {
        values[i] = random.nextLong() >> random.nextInt(64);
      }
      if (size > 1) {
        values[0] = Long.MIN_VALUE;
        values[1] = Long.MAX_VALUE;
      }
      byte[] bytes = new PartialSum(7, C, new int[] {3, 9}, values.clone()).toBytes();
      PartialSum back = PartialSum.ofBytes(bytes);
      assertThat(back.step()).isEqualTo(7);
      assertThat(back.clipNorm()).isEqualTo(C);
      assertThat(back.units()).containsExactly(3, 9);
      assertThat(back.take()).isEqualTo(values);
      for (int cut : new int[] {0, 3, bytes.length / 2, bytes.length - 1}) {
        assertThatThrownBy(() -> PartialSum.ofBytes(Arrays.copyOf(bytes, cut)))
            .isInstanceOf(IllegalArgumentException.class);
        byte[] changed = bytes.clone();
        changed[cut] ^= 4;
        assertThatThrownBy(() -> PartialSum.ofBytes(changed))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  // Sampling

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

  // Noise

  static void noiseHasDeviationSigmaC() throws IOException {
    double[] noise = new double[200_000];
    float[] released = release(RunKey.fresh(), 0, noise.length, 1);
    assertThat(deviation(released)).isCloseTo(1.7 * C, within(0.008));
    for (double expected : new double[] {1, 250}) {
      float[] mean = release(RunKey.insecureForTests(3), 0, 50, expected);
      float[] once = release(RunKey.insecureForTests(3), 0, 50, 1);
      assertThat(mean[7]).isCloseTo((float) (once[7] / expected), within(1e-7f));
    }
  }

  /** Kolmogorov and Smirnov's distance, tails and correlations of 2^20 draws. */
  static void noiseIsStandardNormal() {
    double[] draws = draws(RunKey.insecureForTests(11), 64);
    int n = draws.length;
    double lag1 = 0;
    double squares1 = 0;
    int beyond = 0;
    for (int i = 0; i < n; i++) {
      beyond += Math.abs(draws[i]) > 3.5 ? 1 : 0;
      lag1 += draws[i] * draws[i ^ 1] / n;
      int far = (i + GaussianNoise.BLOCK) % n;
      squares1 += draws[i] * draws[far] / n;
    }
    assertThat(lag1).as("correlation within pairs").isCloseTo(0, within(0.006));
    assertThat(squares1).as("correlation between blocks").isCloseTo(0, within(0.006));
    assertThat(beyond).as("draws beyond 3.5 sigma").isBetween(400, 580);
    Arrays.sort(draws);
    double distance = 0;
    for (int i = 0; i < n; i += 16) {
      distance = Math.max(distance, Math.abs(Normal.cdf(draws[i]) - (i + 0.5) / n));
    }
    assertThat(distance * Math.sqrt(n)).as("scaled KS distance").isLessThan(1.63);
  }

  /** The uniform under the logarithm is fine enough for tails beyond 9 sigma. */
  static void uniformsKeepTheirLowBits() {
    RandomStream random = RunKey.insecureForTests(5).stream(RunKey.Purpose.NOISE, 0, 0);
    long union = 0;
    long uniform = 0;
    for (int i = 0; i < 1000; i++) {
      double smallest = GaussianNoise.positive(random.nextLong(), random.nextLong());
      assertThat(smallest).isPositive().isLessThanOrEqualTo(1);
      union |= (long) (smallest * 0x1p53) & 1;
      double turn = GaussianNoise.angle(random.nextLong()) / (0x1p-53 * (Math.PI / 2));
      assertThat(Math.abs(turn)).isLessThanOrEqualTo(0x1p52);
      uniform |= Math.round(turn) & 1;
    }
    assertThat(union + uniform).isEqualTo(2);
    assertThat(GaussianNoise.positive(0, 0)).as("13.2 sigma").isEqualTo(0x1p-126);
    assertThat(GaussianNoise.positive(1, 1)).isEqualTo(0x1p-126);
    assertThat(GaussianNoise.positive(0, -1)).isEqualTo(0x1p-63);
    assertThat(GaussianNoise.positive(2, 0)).isEqualTo(0x1p-63);
    assertThat(GaussianNoise.positive(-1, -1)).isEqualTo(1);
  }

  static void streamsDifferByPurposeStepAndKey() throws IOException {
    RunKey key = RunKey.insecureForTests(1);
    long first = key.stream(RunKey.Purpose.NOISE, 0, 0).nextLong();
    assertThat(key.stream(RunKey.Purpose.SAMPLING, 0, 0).nextLong()).isNotEqualTo(first);
    assertThat(key.stream(RunKey.Purpose.NOISE, 1, 0).nextLong()).isNotEqualTo(first);
    assertThat(key.stream(RunKey.Purpose.NOISE, 0, 1).nextLong()).isNotEqualTo(first);
    assertThat(release(RunKey.fresh(), 0, 9, 1)).isNotEqualTo(release(RunKey.fresh(), 0, 9, 1));
  }

  static void noiseDoesNotDependOnThreads() throws InterruptedException, ExecutionException {
    List<long[]> found = new ArrayList<>();
    FixedPoint grid = FixedPoint.forClipNorm(1);
    for (int threads : new int[] {1, 4}) {
      ForkJoinPool pool = new ForkJoinPool(threads);
      long[] units = new long[100_000];
      pool.submit(() -> GaussianNoise.addTo(units, grid, 1, RunKey.insecureForTests(4), 3, ONE))
          .get();
      found.add(units);
      pool.shutdown();
    }
    assertThat(found.get(0)).isEqualTo(found.get(1));
  }

  static void stepIsNoisedOnceUnderASecretKey() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      GaussianMechanism mechanism = new GaussianMechanism(PLAN, RunKey.fresh(), ledger, 0);
      mechanism.release(accumulator(new int[0], 2).finish());
      assertThatThrownBy(() -> mechanism.release(accumulator(new int[0], 2).finish()))
          .hasMessageContaining("used already");
      assertThat(ledger.stepsCharged()).isEqualTo(1);
    }
  }

  // The step as a whole

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

  /** The sum of a batch whose gradients are all zero, on 1000 coordinates. */
  private static ClippedSum empty(PoissonBatch batch) {
    GradientAccumulator sum = batch.accumulator(1000);
    int[] units = batch.indices();
    sum.add(part(sum, units, new FakeGradients(new float[units.length][1000], 1000, 1)));
    return sum.finish();
  }

  // Release, budget and ledger

  static void sumIsReleasedOnce() {
    ClippedSum sum = accumulator(new int[0], 2).finish();
    sum.take();
    assertThatThrownBy(sum::take).hasMessageContaining("already");
  }

  static void sumsOfAnotherPlanOrClipNormAreRefused() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      GaussianMechanism mechanism = new GaussianMechanism(PLAN, RunKey.fresh(), ledger, 0);
      SubsampledGaussian other = new SubsampledGaussian(0.5, 1.7, 40);
      PoissonBatch batch = batch(other, 0, new int[0], new Clipping.Flat(C));
      assertThatThrownBy(() -> mechanism.release(batch.accumulator(1).finish()))
          .hasMessageContaining("sampled under");
      PoissonBatch mine = batch(PLAN, 0, new int[0], new Clipping.Flat(2 * C));
      assertThatThrownBy(() -> mechanism.release(mine.accumulator(1).finish()))
          .hasMessageContaining("clip norm");
      assertThat(ledger.stepsCharged()).isZero();
    }
  }

  /** Three steps fit the budget of 0.3; the fourth is not taken, and its sum stays whole. */
  static void runStopsBeforeTheStepThatExceedsTheBudget() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 0.3)) {
      GaussianMechanism mechanism = new GaussianMechanism(PLAN, RunKey.fresh(), ledger, 0);
      for (int step = 0; step < 3; step++) {
        mechanism.release(empty(step).finish());
      }
      ClippedSum fourth = empty(3).finish();
      assertThatThrownBy(() -> mechanism.release(fourth)).hasMessageContaining("budget");
      assertThat(ledger.epsilonSpent()).isCloseTo(0.3, within(1e-12));
      assertThat(fourth.take()).hasSize(4);
    }
  }

  static void resumeKeepsEveryCharge() throws IOException {
    Path path = path();
    try (Ledger ledger = ledger(path, PLAN, true, 9)) {
      for (int step = 0; step < 5; step++) {
        ledger.record(step, PLAN, C);
      }
    }
    try (Ledger resumed = ledger(path, PLAN, true, 9)) {
      assertThat(resumed.stepsCharged()).isEqualTo(5);
      resumed.record(3, PLAN, C);
      assertThat(resumed.stepsCharged()).as("a redone step has new noise").isEqualTo(6);
    }
    assertThat(Files.readAllLines(path)).as("a header, 6 steps, a session").hasSize(8);
  }

  /** In test mode a run cut at any byte of its ledger resumes to the same bytes. */
  static void testRunCutAtAnyByteResumesToTheSameLedger() throws IOException {
    Path path = path();
    try (Ledger ledger = ledger(path, PLAN, false, 9)) {
      for (int step = 0; step < 3; step++) {
        ledger.record(step, PLAN, C);
      }
    }
    byte[] whole = Files.readAllBytes(path);
    for (int cut = 0; cut <= whole.length; cut += cut < 20 ? 1 : 7) {
      Files.write(path, Arrays.copyOf(whole, cut));
      try (Ledger resumed = ledger(path, PLAN, false, 9)) {
        for (int step = 0; step < 3; step++) {
          resumed.record(step, PLAN, C);
        }
      }
      assertThat(Files.readAllBytes(path)).as("cut at %d", cut).isEqualTo(whole);
    }
  }

  /** A checkpoint's steps are in the ledger, or the run does not go on. */
  static void checkpointWithoutItsLedgerIsRefused() throws IOException {
    Path path = path();
    String hash;
    try (Ledger ledger = ledger(path, PLAN, true, 9)) {
      ledger.record(0, PLAN, C);
      hash = ledger.lastHash();
      ledger.record(1, PLAN, C);
      ledger.requireLine(hash);
      assertThatThrownBy(() -> ledger(path, PLAN, true, 9)).hasMessageContaining("open");
    }
    Files.delete(path);
    try (Ledger anew = ledger(path, PLAN, true, 9)) {
      assertThatThrownBy(() -> anew.requireLine(hash)).hasMessageContaining("does not have");
    }
  }

  static void runsHaveNamesOfTheirOwn() throws IOException {
    Path path = path();
    String name;
    try (Ledger ledger = ledger(path, PLAN, true, 9);
        Ledger other = ledger(PLAN, true, 9)) {
      name = ledger.run();
      assertThat(other.run()).isNotEqualTo(name);
    }
    try (Ledger resumed = ledger(path, PLAN, true, 9)) {
      assertThat(resumed.run()).isEqualTo(name).matches("[0-9a-f]{16}");
    }
  }

  /** An interrupt closes a channel that is being written; a ledger goes on. */
  static void interruptDoesNotDisturbTheLedger() throws IOException {
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      Thread.currentThread().interrupt();
      ledger.record(0, PLAN, C);
      assertThat(Thread.interrupted()).isTrue();
      ledger.record(1, PLAN, C);
      assertThat(ledger.stepsCharged()).isEqualTo(2);
    }
  }

  static void changedLedgerIsRefusedWithItsLine() throws IOException {
    Path path = path();
    try (Ledger ledger = ledger(path, PLAN, true, 9)) {
      for (int step = 0; step < 4; step++) {
        ledger.record(step, PLAN, C);
      }
    }
    List<String> lines = Files.readAllLines(path);
    List<String> changed = new ArrayList<>(lines);
    changed.set(2, changed.get(2).replace("\"epsilon\":0.2", "\"epsilon\":0.1"));
    Files.write(path, changed);
    assertThatThrownBy(() -> ledger(path, PLAN, true, 9)).hasMessageContaining(":3: the hash");
    List<String> dropped = new ArrayList<>(lines);
    dropped.remove(2);
    Files.write(path, dropped);
    assertThatThrownBy(() -> ledger(path, PLAN, true, 9)).hasMessageContaining(":3: the hash");
  }

  static void ledgerOfOtherSettingsIsRefused() throws IOException {
    Path path = path();
    ledger(path, PLAN, true, 9).close();
    LedgerHeader other =
        new LedgerHeader(
            PLAN, C, 1e-5, 9, Adjacency.ADD_OR_REMOVE_ONE, "row", "other config", true);
    assertThatThrownBy(() -> Ledger.open(path, other, Conformance::linear))
        .hasMessageContaining("other settings");
  }

  /** A run goes on with the rows that it was begun on, and where its local folder is. */
  static void runOnOtherDataIsRefused() throws IOException {
    Path local = Files.createTempDirectory("local");
    LocalSecret secret = LocalSecret.in(local);
    String key = secret.dataKey(List.of("a", "b"));
    DataMark.require(local, key, false);
    DataMark.require(local, LocalSecret.in(local).dataKey(List.of("b", "a")), true);
    for (List<String> other : List.of(List.of("a"), List.of("a", "b", "b"), List.of("ab"))) {
      String otherKey = secret.dataKey(other);
      assertThatThrownBy(() -> DataMark.require(local, otherKey, true))
          .hasMessageContaining("other data");
    }
    Files.delete(local.resolve(DataMark.FILE));
    assertThatThrownBy(() -> DataMark.require(local, key, true)).hasMessageContaining("is missing");
  }

  /** Without the secret nobody can try candidates: another secret gives another key. */
  static void dataIsRecognisedUnderASecretOnly() throws IOException {
    Path here = Files.createTempDirectory("secret");
    Path there = Files.createTempDirectory("secret");
    List<String> rows = List.of("a", "b");
    assertThat(LocalSecret.in(here).dataKey(rows))
        .isEqualTo(LocalSecret.in(here).dataKey(rows))
        .isNotEqualTo(LocalSecret.in(there).dataKey(rows))
        .isNotEqualTo(LocalSecret.in(here).mac("seal", rows));
    Files.writeString(here.resolve(LocalSecret.FILE), "0");
    assertThatThrownBy(() -> LocalSecret.in(here)).hasMessageContaining("hexadecimal");
  }

  // Statements and rules

  static void testKeyHasNoGuarantee() throws IOException {
    assertThat(RunKey.insecureForTests(1).secret()).isFalse();
    assertThat(RunKey.fresh().secret()).isTrue();
    try (Ledger ledger = ledger(PLAN, true, 9)) {
      assertThatThrownBy(() -> new GaussianMechanism(PLAN, RunKey.insecureForTests(1), ledger, 0))
          .hasMessageContaining("test key");
    }
    PrivacyStatement statement = statement(false);
    assertThat(statement.toText()).contains("NO privacy").doesNotContain("2.5");
    assertThat(statement.toJson()).contains("\"guarantee\": false").doesNotContain("pld");
    assertThat(statement(true).toText()).contains("ε = 2.5000", "LARGER than 1/N", "row");
    assertThat(statement(true).toJson())
        .contains("\"epsilon\": 2.5", "\"epsilon_replace_one_pld_upper\": 2.5", "\"A remark.\"");
  }

  /** Who is told N can tell by it whether a unit was there: only replacing one is hidden. */
  static void statementThatTellsTheSizeQuotesTheBoundForReplacing() {
    List<PrivacyStatement.Bound> adding =
        List.of(new PrivacyStatement.Bound("epsilon_pld_upper", "PLD, one row", 1.5));
    LedgerHeader header = header(PLAN, true, 9);
    TradeOff tradeOff = tradeOff(Adjacency.ADD_OR_REMOVE_ONE);
    assertThat(
            new PrivacyStatement(header, 12, 12, adding, tradeOff, 0, new TreeMap<>(), List.of())
                .toText())
        .contains("whether any one unit was in", "adding or removing", "e^ε = 4.5")
        .doesNotContain("N =");
    assertThatThrownBy(
            () ->
                new PrivacyStatement(
                    header, 12, 12, adding, tradeOff, 500, new TreeMap<>(), List.of()))
        .hasMessageContaining("must quote the bound for replacing");
    assertThat(statement(true).toText())
        .contains("N = 1000000", "what any one unit's data was", "replacing one unit");
  }

  static void bestCheckpointIsNotChosenOnPrivateData() {
    assertThat(EvaluationData.PUBLIC.objectionToSelecting()).isEmpty();
    assertThat(EvaluationData.PRIVATE.objectionToSelecting().orElse(""))
        .contains("covered by no ε");
  }

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

  static void registryComposesRunsOnTheSameData() throws IOException {
    Path folder = Files.createTempDirectory("registry");
    RunRegistry registry = registry(folder, 2.2, RunRegistry.Policy.REFUSE);
    SubsampledGaussian small = new SubsampledGaussian(0.01, 1, 100);
    try (Ledger one = ledger(small, true, 9);
        Ledger two = ledger(small, true, 9);
        Ledger three = ledger(new SubsampledGaussian(0.5, 1, 100), true, 9)) {
      double used = registry.enter(one, "data", 100).used();
      assertThat(registry.enter(one, "data", 100).runs()).isEqualTo(1);
      RunRegistry.Total both = registry.enter(two, "data", 100);
      assertThat(both.runs()).isEqualTo(2);
      assertThat(both.used()).isGreaterThan(1.05 * used).isLessThan(1);
      assertThatThrownBy(() -> registry.enter(three, "data", 100))
          .hasMessageContaining("total budget");
      assertThat(registry.enter(two, "data", 100).runs()).isEqualTo(2);
      assertThat(registry.total("other").runs()).isZero();
      RunRegistry warning = registry(folder, 2.2, RunRegistry.Policy.WARN);
      assertThat(warning.enter(three, "data", 100).exceeded()).isTrue();
      RunRegistry other = registry(folder, 2.3, RunRegistry.Policy.REFUSE);
      assertThatThrownBy(() -> other.enter(two, "data", 100)).hasMessageContaining("was fixed");
    }
  }

  /** Privacy loss distributions let a first run in that Rényi divergences would keep out. */
  static void firstRunCountsByItsOwnBound() throws IOException {
    SubsampledGaussian plan = new SubsampledGaussian(1024 / 42061.0, 0.9, 411);
    RunRegistry registry =
        registry(Files.createTempDirectory("registry"), 4.2, RunRegistry.Policy.REFUSE);
    try (Ledger first = ledger(plan, true, 9);
        Ledger second = ledger(plan, true, 9)) {
      // 3.9296 by PLD and 4.4802 by RDP: row B05 of the accounting reference
      assertThat(registry.enter(first, "data", 411).epsilon()).isCloseTo(3.9296, within(1e-3));
      assertThatThrownBy(() -> registry.enter(second, "data", 411))
          .hasMessageContaining("total budget");
    }
  }

  /** Two copies of a folder release more than one run, whichever goes on first. */
  static void forksAreRefusedOrCounted() throws IOException {
    Path folder = Files.createTempDirectory("registry");
    RunRegistry refusing = registry(folder, 9, RunRegistry.Policy.REFUSE);
    RunRegistry counting = registry(folder, 9, RunRegistry.Policy.WARN);
    Path path = path();
    try (Ledger run = ledger(path, PLAN, true, 9)) {
      refusing.enter(run, "data", 10);
      for (int step = 0; step < 3; step++) {
        run.record(step, PLAN, C);
      }
      refusing.settle(run, "data");
    }
    Path copy = Files.copy(path, path.resolveSibling("copy.jsonl"));
    Path running = Files.copy(path, path.resolveSibling("running.jsonl"));
    try (Ledger run = ledger(path, PLAN, true, 9)) {
      assertThat(refusing.enter(run, "data", 10).forked()).isFalse();
      run.record(3, PLAN, C);
      assertThat(refusing.settle(run, "data").forked()).isFalse();
    }
    double alone = counting.total("data").epsilon();
    try (Ledger fork = ledger(copy, PLAN, true, 9)) {
      assertThatThrownBy(() -> refusing.enter(fork, "data", 10))
          .hasMessageContaining("another copy of its folder");
      RunRegistry.Total both = counting.enter(fork, "data", 10);
      assertThat(both.forked()).isTrue();
      assertThat(both.runs()).isEqualTo(2);
      assertThat(both.epsilon()).isGreaterThan(alone);
      fork.record(3, PLAN, C);
      assertThat(counting.settle(fork, "data").runs()).isEqualTo(2);
    }
    // What both charged before they parted is counted once: 4 steps and 1.
    assertThat(Files.readString(folder.resolve(fork(folder))))
        .startsWith("%s %s %s 1 3 data".formatted(0.25, 1.7, 40));
    // A copy that is begun while the run goes on is found out when the first of them ends.
    try (Ledger third = ledger(running, PLAN, true, 9)) {
      assertThat(counting.settle(third, "data").forked()).isTrue();
    }
  }

  private static String fork(Path registry) throws IOException {
    try (Stream<Path> files = Files.list(registry)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains("-fork-"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Against the closed forms without sampling, where a step's divergence is α/(2σ²). */
  static void filterAndOdometerFollowTheirFormulas() {
    List<PrivacyEvent> runs =
        List.of(PrivacyEvent.poisson(1, 10, 50), PrivacyEvent.poisson(1, 5, 3));
    double slope = 50 / 200.0 + 3 / 50.0;
    double reading = Double.POSITIVE_INFINITY;
    for (double order :
        new double[] {1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512}) {
      reading = Math.min(reading, slope * order + Math.log(16 / 1e-5) / (order - 1));
    }
    RenyiOdometer odometer = new RenyiOdometer(Neighbors.ADD_OR_REMOVE_ROW, 1e-5);
    assertThat(odometer.reading(runs)).isCloseTo(reading, within(1e-9));
    assertThat(odometer.reading(runs))
        .as("what may be read at any time costs more than what was fixed")
        .isGreaterThan(new RdpAccountant(Neighbors.ADD_OR_REMOVE_ROW).epsilon(runs, 1e-5));

    RenyiFilter filter = new RenyiFilter(5, 4, 1e-5, Neighbors.ADD_OR_REMOVE_ROW);
    double budget = 4 - Math.log(0.8) + Math.log(5e-5) / 4;
    assertThat(filter.budget()).isCloseTo(budget, within(1e-12));
    assertThat(filter.used(runs)).isCloseTo(5 * slope / budget, within(1e-9));
    RenyiFilter chosen = RenyiFilter.before(runs.get(0), 4, 1e-5, Neighbors.ADD_OR_REMOVE_ROW);
    assertThat(chosen.used(runs)).isLessThanOrEqualTo(filter.used(runs));
  }

  // Helpers

  private static PrivacyStatement statement(boolean secret) {
    return new PrivacyStatement(
        header(PLAN, secret, 9),
        12,
        12,
        List.of(new PrivacyStatement.Bound("epsilon_replace_one_pld_upper", "PLD, one row", 2.5)),
        tradeOff(Adjacency.REPLACE_ONE),
        1_000_000,
        new TreeMap<>(Map.of("adapter_model.safetensors", "abc")),
        List.of("A remark."));
  }

  private static TradeOff tradeOff(Adjacency adjacency) {
    return new PldAccountant(Neighbors.of(adjacency))
        .tradeOff(PrivacyEvent.poisson(PLAN.samplingRate(), PLAN.noiseMultiplier(), 12));
  }

  private static double linear(int steps) {
    return steps / 10.0;
  }

  private static LedgerHeader header(SubsampledGaussian plan, boolean secret, double budget) {
    return new LedgerHeader(
        plan, C, 1e-5, budget, Adjacency.ADD_OR_REMOVE_ONE, "row", "config", secret);
  }

  private static RunRegistry registry(Path folder, double budget, RunRegistry.Policy policy) {
    return new RunRegistry(folder, Adjacency.ADD_OR_REMOVE_ONE, 1e-5, budget, policy);
  }

  static Path path() throws IOException {
    return Files.createTempDirectory("ledger").resolve("ledger.jsonl");
  }

  static Ledger ledger(SubsampledGaussian plan, boolean secret, double budget) throws IOException {
    return ledger(path(), plan, secret, budget);
  }

  static Ledger ledger(Path path, SubsampledGaussian plan, boolean secret, double budget) {
    return Ledger.open(path, header(plan, secret, budget), Conformance::linear);
  }

  private static SumRule rule(int dimension) {
    return new SumRule(0, new Clipping.Flat(C), PrivateCurve.NONE, dimension);
  }

  /** A device that says whatever it likes, on four coordinates. */
  private static FakeDeviceSum device(DeviceSum.MicroBatch... says) {
    return new FakeDeviceSum() {
      @Override
      public Taken take(int length) {
        return new Taken(4, new long[length], List.of(says));
      }
    };
  }

  private static GradientAccumulator empty(int step) {
    return batch(PLAN, step, new int[0], new Clipping.Flat(C)).accumulator(4);
  }

  private static GradientAccumulator accumulator(int[] units, int dimension) {
    return batch(PLAN, 0, units, new Clipping.Flat(C)).accumulator(dimension);
  }

  private static PoissonBatch batch(
      SubsampledGaussian plan, int step, int[] units, Clipping clipping) {
    return new PoissonBatch(plan, step, units, clipping, PrivateCurve.NONE);
  }

  static PoissonBatch next(PoissonSampler sampler) {
    return sampler.next(new Clipping.Flat(C), PrivateCurve.NONE);
  }

  static StepPlan plan(SubsampledGaussian mechanism, double expectedBatchSize) {
    return new StepPlan(mechanism, PrivateCurve.NONE, expectedBatchSize);
  }

  private static PartialSum part(
      GradientAccumulator sum, int[] units, PerExampleGradients gradients) {
    PartialAccumulator part = sum.rule().accumulator();
    part.add(units, gradients);
    return part.finish();
  }

  private static float[] release(RunKey key, int step, int dimension, double batchSize)
      throws IOException {
    try (Ledger ledger = ledger(PLAN, key.secret(), 9)) {
      ClippedSum sum =
          batch(PLAN, step, new int[0], new Clipping.Flat(C)).accumulator(dimension).finish();
      return new GaussianMechanism(PLAN, key, ledger, 0).release(sum).mean(batchSize).values();
    }
  }

  static double[] draws(RunKey key, int blocks) {
    double[] draws = new double[blocks * GaussianNoise.BLOCK];
    double[] block = new double[GaussianNoise.BLOCK];
    for (int b = 0; b < blocks; b++) {
      GaussianNoise.fill(block, key, 0, b);
      System.arraycopy(block, 0, draws, b * block.length, block.length);
    }
    return draws;
  }

  private static double[] sum(Clipping clipping, float[][] rows, int size, int groups) {
    return sum(clipping, rows, size, groups, 0, 1);
  }

  private static double[] sum(
      Clipping clipping, float[][] rows, int size, int groups, int order, int workers) {
    int[] units = new int[rows.length];
    Arrays.setAll(units, i -> i);
    GradientAccumulator sum = batch(PLAN, 0, units, clipping).accumulator(rows[0].length);
    PartialAccumulator part = sum.rule().accumulator();
    FakeDeviceSum device = new FakeDeviceSum();
    DeviceAccumulator<FakeGradients> there = sum.rule().accumulator(device);
    List<Integer> starts = new ArrayList<>();
    for (int start = 0; start < rows.length; start += size) {
      starts.add(start);
    }
    Random random = new Random(order);
    int[] ranks = random.ints(rows.length + 1).toArray();
    if (order > 0) {
      starts.sort(Comparator.comparingInt(start -> ranks[start]));
    }
    ForkJoinPool pool = new ForkJoinPool(workers);
    pool.submit(
            () ->
                starts.parallelStream()
                    .forEach(
                        start -> {
                          int end = Math.min(rows.length, start + size);
                          int[] own = Arrays.copyOfRange(units, start, end);
                          FakeGradients gradients =
                              new FakeGradients(
                                  Arrays.copyOfRange(rows, start, end), rows[0].length, groups);
                          part.add(own, gradients);
                          there.add(own, groups, gradients);
                        }))
        .join();
    pool.shutdown();
    PartialSum here = part.finish();
    assertThat(there.finish().toBytes()).as("on a device").isEqualTo(here.toBytes());
    sum.add(here);
    ClippedSum done = sum.finish();
    return Arrays.stream(done.take()).mapToDouble(done.grid()::toDouble).toArray();
  }

  private static float[][] rows(int count, int dimension, int seed) {
    Random random = new Random(seed);
    float[][] rows = new float[count][dimension];
    for (float[] row : rows) {
      for (int p = 0; p < dimension; p++) {
        row[p] = (float) random.nextGaussian();
      }
    }
    return rows;
  }

  private static float[][] scaled(float[][] rows, double factor) {
    float[][] scaled = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      scaled[i] = rows[i].clone();
      for (int p = 0; p < scaled[i].length; p++) {
        scaled[i][p] = (float) (scaled[i][p] * factor);
      }
    }
    return scaled;
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  private static double deviation(float[] values) {
    return norm(values) / Math.sqrt(values.length);
  }
}
