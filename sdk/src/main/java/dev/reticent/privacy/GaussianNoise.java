package dev.reticent.privacy;

import java.util.stream.IntStream;

/**
 * Gaussian noise on a grid, in blocks that any number of threads may draw in any order.
 *
 * <p>Box and Muller's transform in double, from 63 and 53 uniform bits a pair: tails reach 9.3 σ.
 * Block b of a step always comes from the same stretch of the step's stream.
 */
final class GaussianNoise {

  static final int BLOCK = 1 << 14;

  private GaussianNoise() {}

  /** Adds noise of the given standard deviation to {@code units} and returns the values. */
  static double[] addTo(
      long[] units, FixedPoint grid, double standardDeviation, RunKey key, int step) {
    double[] values = new double[units.length];
    int blocks = (units.length + BLOCK - 1) / BLOCK;
    IntStream.range(0, blocks)
        .parallel()
        .forEach(
            block -> {
              double[] noise = new double[BLOCK];
              fill(noise, key, step, block);
              int from = block * BLOCK;
              int to = Math.min(units.length, from + BLOCK);
              for (int i = from; i < to; i++) {
                long rounded = grid.of(noise[i - from] * standardDeviation);
                values[i] = grid.toDouble(Math.addExact(units[i], rounded));
              }
            });
    return values;
  }

  /** Standard normal draws of a block; each pair takes 16 bytes of the stream. */
  static void fill(double[] noise, RunKey key, int step, long block) {
    RandomStream random = key.stream(RunKey.Purpose.NOISE, step, block * (BLOCK / 2));
    for (int i = 0; i < noise.length; i += 2) {
      double radius = Math.sqrt(-2 * Math.log(random.nextPositive()));
      double angle = 2 * Math.PI * random.nextDouble();
      noise[i] = radius * Math.cos(angle);
      noise[i + 1] = radius * Math.sin(angle);
    }
  }
}
