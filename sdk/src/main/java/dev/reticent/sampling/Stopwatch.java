package dev.reticent.sampling;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Adds up what work takes; any thread may work. */
final class Stopwatch {
  private final LongAdder count = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  void add(long tookNanos) {
    nanos.add(tookNanos);
    count.increment();
  }

  <T> T time(Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      add(System.nanoTime() - start);
    }
  }

  WorkTime total() {
    return new WorkTime(count.sum(), nanos.sum());
  }
}
