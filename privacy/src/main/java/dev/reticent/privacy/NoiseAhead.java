package dev.reticent.privacy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;

/**
 * The noise of a step in units of the grid, drawn by threads that have nothing else to do while the
 * step's sum is computed elsewhere. Nobody sees it before the step is released.
 *
 * @param deviation of a draw
 * @param coordinates of the sum
 */
record NoiseAhead(int step, double deviation, int coordinates, CompletableFuture<long[]> drawn) {

  /**
   * Half of the cores: two threads of a core draw hardly more than one, and whoever keeps the other
   * machine busy must not share one with them.
   */
  private static final ForkJoinPool DRAWING =
      new ForkJoinPool(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

  /** Begins to draw. */
  static NoiseAhead of(SumRule rule, double deviation, RunKey key, double[] weights) {
    int step = rule.step();
    FixedPoint grid = rule.grid();
    int coordinates = rule.coordinates();
    return new NoiseAhead(
        step,
        deviation,
        coordinates,
        CompletableFuture.supplyAsync(
            () -> {
              long[] units = Spare.ARRAYS.zeros(coordinates);
              GaussianNoise.addTo(units, grid, deviation, key, step, weights);
              return units;
            },
            DRAWING));
  }

  /** Whether it is the noise that such a sum is to have. */
  boolean serves(ClippedSum sum, double wanted, int length) {
    return step == sum.step() && deviation == wanted && coordinates == length;
  }

  /** Adds it to a sum on the same grid, once. */
  void addTo(long[] sum) {
    long[] noise = drawn.join();
    Blocks.inParallel(
        sum.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            sum[i] = Math.addExact(sum[i], noise[i]);
          }
        });
    Spare.ARRAYS.giveBack(noise);
  }
}
