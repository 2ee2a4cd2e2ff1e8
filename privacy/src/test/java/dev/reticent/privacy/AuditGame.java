package dev.reticent.privacy;

import dev.reticent.privacy.CanaryAudit.Scored;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.testing.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The strongest adversary against a whole run, played on the real private step: canary i is a
 * gradient along coordinate i, far longer than C, that is in the data by a fair coin; what is
 * released tells of the coin in that coordinate alone. So the games of all canaries are
 * independent, and each is lost as rarely as the trade-off of the plan allows.
 */
final class AuditGame {

  static final SubsampledGaussian PLAN = new SubsampledGaussian(0.5, 4, 4);
  static final int CANARIES = 60_000;
  private static final int AT_ONCE = 8192;
  private static final double C = 0.5;

  /** Five standard deviations of a share of fair coins: a chance of 3e-7 for an honest run. */
  private static final double DOUBT = 5 * Math.sqrt(0.25 / CANARIES);

  private AuditGame() {}

  /**
   * Whether what was measured and what is claimed cannot both be right.
   *
   * @param accuracy how often a test is right at most, as claimed
   */
  static boolean flagged(double accuracy, double epsilon) throws IOException {
    boolean[] included = new boolean[CANARIES];
    SplittableRandom coins = new SplittableRandom(3);
    for (int i = 0; i < CANARIES; i++) {
      included[i] = coins.nextBoolean();
    }
    List<float[]> released = released(included);
    double expected = PLAN.steps() * PLAN.samplingRate() * C / 2;
    List<Scored> scores = new ArrayList<>();
    int bySum = 0;
    int byRange = 0;
    for (int i = 0; i < CANARIES; i++) {
      int at = i;
      double sum = released.stream().mapToDouble(values -> values[at]).sum();
      double most = released.stream().mapToDouble(values -> values[at]).max().orElseThrow();
      double least = released.stream().mapToDouble(values -> values[at]).min().orElseThrow();
      scores.add(new Scored(sum, included[i]));
      bySum += (sum > expected) == included[i] ? 1 : 0;
      byRange += (most - least > C / 2) == included[i] ? 1 : 0;
    }
    double best = (double) Math.max(bySum, byRange) / CANARIES;
    return best > accuracy + DOUBT || CanaryAudit.of(scores, 1e-5).refutes(epsilon);
  }

  /** What each step hands out, with a mean over one row, so that it is the sum. */
  private static List<float[]> released(boolean[] included) throws IOException {
    int[] canaries =
        java.util.stream.IntStream.range(0, CANARIES).filter(i -> included[i]).toArray();
    Path file = Scratch.folder("audit").resolve("ledger.jsonl");
    LedgerHeader header =
        new LedgerHeader(
            PLAN,
            C,
            1e-5,
            Double.POSITIVE_INFINITY,
            Adjacency.ADD_OR_REMOVE_ONE,
            "row",
            "game",
            false);
    List<float[]> released = new ArrayList<>();
    try (Ledger ledger = Ledger.open(file, header, steps -> 0)) {
      PrivateStep step =
          PrivateStep.open(
              new StepPlan(PLAN, PrivateCurve.NONE, 1),
              new Clipping.Flat(C),
              RunKey.insecureForTests(5),
              ledger,
              canaries.length);
      while (step.hasNext()) {
        PoissonBatch batch = step.sample();
        GradientAccumulator sum = batch.accumulator(CANARIES);
        PartialAccumulator part = sum.rule().accumulator();
        int[] units = batch.indices();
        for (int from = 0; from < units.length; from += AT_ONCE) {
          int[] some = Arrays.copyOfRange(units, from, Math.min(units.length, from + AT_ONCE));
          part.add(some, new Along(Arrays.stream(some).map(u -> canaries[u]).toArray()));
        }
        sum.add(part.finish());
        released.add(step.release(sum.finish()).mean().values());
      }
    }
    return released;
  }

  /** Gradients of length 100 C, each along a coordinate of its own. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Along(int[] coordinates) implements PerExampleGradients {
    private static final double LENGTH = 100 * C;

    @Override
    public int count() {
      return coordinates.length;
    }

    @Override
    public int dimension() {
      return CANARIES;
    }

    @Override
    public int groups() {
      return 1;
    }

    @Override
    public double[][] squaredNorms() {
      double[] norms = new double[coordinates.length];
      Arrays.fill(norms, LENGTH * LENGTH);
      return new double[][] {norms};
    }

    @Override
    public double[] wholeSum(double[][] weights) {
      double[] sum = new double[CANARIES];
      for (int i = 0; i < coordinates.length; i++) {
        sum[coordinates[i]] += Math.rint(weights[0][i] * LENGTH);
      }
      return sum;
    }
  }
}
