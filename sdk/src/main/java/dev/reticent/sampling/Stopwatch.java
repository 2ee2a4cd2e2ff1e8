package dev.reticent.sampling;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Adds up what work takes; any thread may work. */
final class Stopwatch {
  private final LongAdder count = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  <T> T time(Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      nanos.add(System.nanoTime() - start);
      count.increment();
    }
  }

  WorkTime total() {
    return new WorkTime(count.sum(), nanos.sum());
  }
}
