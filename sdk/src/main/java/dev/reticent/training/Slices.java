package dev.reticent.training;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Work on the elements of long arrays, a slice at a time on all cores. */
final class Slices {

  private static final int SIZE = 1 << 16;

  private Slices() {}

  interface Work {
    /** The elements {@code from} to {@code to}, without it; no other call has any of them. */
    void on(int from, int to);
  }

  interface Sum {
    double of(int from, int to);
  }

  static void each(int length, Work work) {
    slices(length).forEach(slice -> work.on(slice * SIZE, Math.min(length, (slice + 1) * SIZE)));
  }

  /** The sum over slices, in their order, whoever computes them. */
  static double sum(int length, Sum sum) {
    double[] parts =
        slices(length)
            .mapToDouble(slice -> sum.of(slice * SIZE, Math.min(length, (slice + 1) * SIZE)))
            .toArray();
    return Arrays.stream(parts).sum();
  }

  private static IntStream slices(int length) {
    return IntStream.range(0, (length + SIZE - 1) / SIZE).parallel();
  }
}
