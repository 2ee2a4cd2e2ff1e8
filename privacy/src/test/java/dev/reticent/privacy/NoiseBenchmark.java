package dev.reticent.privacy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;

/**
 * Times the noise of 13 million parameters; run its {@code main}. A draw is timed by the thread's
 * own processor time, which other programs do not lengthen.
 */
final class NoiseBenchmark {

  private static final int PARAMETERS = 13_000_000;

  private NoiseBenchmark() {}

  public static void main(String[] args) {
    RunKey key = RunKey.insecureForTests(1);
    FixedPoint grid = FixedPoint.forClipNorm(1);
    long[] zeros = new long[PARAMETERS];
    double[] block = new double[GaussianNoise.BLOCK];
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (int round = 0; round < 5; round++) {
      long start = threads.getCurrentThreadCpuTime();
      for (int b = 0; b < 200; b++) {
        GaussianNoise.fill(block, key, round, b);
      }
      double draw = (threads.getCurrentThreadCpuTime() - start) / (200.0 * block.length);
      start = System.nanoTime();
      GaussianNoise.addTo(zeros, grid, 1, key, round, new double[] {1});
      double all = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "%.1f ns a draw on one thread, %.3f s for %d parameters on %d processors%n",
          draw,
          all,
          PARAMETERS,
          Runtime.getRuntime().availableProcessors());
    }
  }
}
