package dev.reticent.privacy;

import java.util.stream.IntStream;

/** Long arrays, a block at a time on all cores. */
final class Blocks {

  static final int SIZE = 1 << 14;

  private Blocks() {}

  interface Work {
    /** The elements {@code from} to {@code to}, without it; no other call has any of them. */
    void on(int from, int to);
  }

  static void inParallel(int length, Work work) {
    IntStream.range(0, (length + SIZE - 1) / SIZE)
        .parallel()
        .forEach(block -> work.on(block * SIZE, Math.min(length, (block + 1) * SIZE)));
  }
}
