package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.TradeOff;
import dev.reticent.testing.Scratch;
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
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;

/** Ledgers, batches, sums and rows for the checks of {@link Conformance}. */
final class ConformanceFixtures {

  static final SubsampledGaussian PLAN = new SubsampledGaussian(0.25, 1.7, 40);
  static final double C = 0.3;
  static final double[] ONE = {1};
  static final List<Clipping> CLIPPINGS =
      List.of(
          new Clipping.Flat(C),
          new Clipping.PerLayer(C),
          new Clipping.Automatic(C, 0.01),
          new Clipping.Adaptive(C, 2.5, 0.5, 0.2));

  private ConformanceFixtures() {}

  static PrivacyStatement statement(boolean secret) {
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

  static TradeOff tradeOff(Adjacency adjacency) {
    return new PldAccountant(Neighbors.of(adjacency))
        .tradeOff(PrivacyEvent.poisson(PLAN.samplingRate(), PLAN.noiseMultiplier(), 12));
  }

  static double linear(int steps) {
    return steps / 10.0;
  }

  static LedgerHeader header(SubsampledGaussian plan, boolean secret, double budget) {
    return new LedgerHeader(
        plan, C, 1e-5, budget, Adjacency.ADD_OR_REMOVE_ONE, "row", "config", secret);
  }

  static RunRegistry registry(Path folder, double budget, RunRegistry.Policy policy) {
    return new RunRegistry(folder, Adjacency.ADD_OR_REMOVE_ONE, 1e-5, budget, policy);
  }

  static Path path() throws IOException {
    return Scratch.folder("ledger").resolve("ledger.jsonl");
  }

  static Ledger ledger(SubsampledGaussian plan, boolean secret, double budget) throws IOException {
    return ledger(path(), plan, secret, budget);
  }

  static Ledger ledger(Path path, SubsampledGaussian plan, boolean secret, double budget) {
    return Ledger.open(path, header(plan, secret, budget), ConformanceFixtures::linear);
  }

  static SumRule rule(int dimension) {
    return new SumRule(0, new Clipping.Flat(C), PrivateCurve.NONE, dimension);
  }

  /** A device that says whatever it likes, on four coordinates. */
  static FakeDeviceSum device(DeviceSum.MicroBatch... says) {
    return new FakeDeviceSum() {
      @Override
      public Taken take(long[] sum) {
        return new Taken(4, List.of(says));
      }
    };
  }

  static GradientAccumulator empty(int step) {
    return batch(PLAN, step, new int[0], new Clipping.Flat(C)).accumulator(4);
  }

  static GradientAccumulator accumulator(int[] units, int dimension) {
    return batch(PLAN, 0, units, new Clipping.Flat(C)).accumulator(dimension);
  }

  static PoissonBatch batch(SubsampledGaussian plan, int step, int[] units, Clipping clipping) {
    return new PoissonBatch(plan, step, units, clipping, PrivateCurve.NONE);
  }

  static PoissonBatch next(PoissonSampler sampler) {
    return sampler.next(new Clipping.Flat(C), PrivateCurve.NONE);
  }

  static StepPlan plan(SubsampledGaussian mechanism, double expectedBatchSize) {
    return new StepPlan(mechanism, PrivateCurve.NONE, expectedBatchSize);
  }

  static PartialSum part(GradientAccumulator sum, int[] units, PerExampleGradients gradients) {
    PartialAccumulator part = sum.rule().accumulator();
    part.add(units, gradients);
    return part.finish();
  }

  static float[] release(RunKey key, int step, int dimension, double batchSize) throws IOException {
    return mean(key, step, dimension, batchSize).values();
  }

  static NoisyMean mean(RunKey key, int step, int dimension, double batchSize) throws IOException {
    try (Ledger ledger = ledger(PLAN, key.secret(), 9)) {
      ClippedSum sum =
          batch(PLAN, step, new int[0], new Clipping.Flat(C)).accumulator(dimension).finish();
      return new GaussianMechanism(PLAN, key, ledger, 0).release(sum).mean(batchSize);
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

  static double[] sum(Clipping clipping, float[][] rows, int size, int groups) {
    return sum(clipping, rows, size, groups, 0, 1);
  }

  static double[] sum(
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

  static float[][] rows(int count, int dimension, int seed) {
    Random random = new Random(seed);
    float[][] rows = new float[count][dimension];
    for (float[] row : rows) {
      for (int p = 0; p < dimension; p++) {
        row[p] = (float) random.nextGaussian();
      }
    }
    return rows;
  }

  static float[][] scaled(float[][] rows, double factor) {
    float[][] scaled = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      scaled[i] = rows[i].clone();
      for (int p = 0; p < scaled[i].length; p++) {
        scaled[i][p] = (float) (scaled[i][p] * factor);
      }
    }
    return scaled;
  }

  static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }

  static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  static double deviation(float[] values) {
    return norm(values) / Math.sqrt(values.length);
  }

  /** The sum of a batch whose gradients are all zero, on 1000 coordinates. */
  static ClippedSum empty(PoissonBatch batch) {
    GradientAccumulator sum = batch.accumulator(1000);
    int[] units = batch.indices();
    sum.add(part(sum, units, new FakeGradients(new float[units.length][1000], 1000, 1)));
    return sum.finish();
  }

  static String fork(Path registry) throws IOException {
    try (Stream<Path> files = Files.list(registry)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains("-fork-"))
          .findFirst()
          .orElseThrow();
    }
  }
}
