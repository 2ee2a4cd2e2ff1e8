package dev.reticent.privacy;

import static dev.reticent.privacy.ConformanceFixtures.C;
import static dev.reticent.privacy.ConformanceFixtures.ONE;
import static dev.reticent.privacy.ConformanceFixtures.PLAN;
import static dev.reticent.privacy.ConformanceFixtures.accumulator;
import static dev.reticent.privacy.ConformanceFixtures.deviation;
import static dev.reticent.privacy.ConformanceFixtures.draws;
import static dev.reticent.privacy.ConformanceFixtures.ledger;
import static dev.reticent.privacy.ConformanceFixtures.mean;
import static dev.reticent.privacy.ConformanceFixtures.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;

/** What is promised of the noise: its distribution, its streams and its key. */
final class NoiseConformance {

  private NoiseConformance() {}

  static void noiseHasDeviationSigmaC() throws IOException {
    double[] noise = new double[200_000];
    float[] released = release(RunKey.fresh(), 0, noise.length, 1);
    assertThat(deviation(released)).isCloseTo(1.7 * C, within(0.008));
    assertThat(mean(RunKey.fresh(), 0, 1, 250).noiseDeviation()).isEqualTo(1.7 * C / 250);
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
}
