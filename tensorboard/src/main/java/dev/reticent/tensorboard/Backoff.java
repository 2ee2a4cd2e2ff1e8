package dev.reticent.tensorboard;

/**
 * How long to leave a failing disk alone: a second, then twice as long each time, up to a minute.
 */
final class Backoff {

  private static final long FIRST_NANOS = 1_000_000_000L;
  private static final long MOST_NANOS = 60 * FIRST_NANOS;

  private long waitNanos;
  private long failedNanos;

  void failed() {
    waitNanos = Math.min(MOST_NANOS, Math.max(FIRST_NANOS, 2 * waitNanos));
    failedNanos = System.nanoTime();
  }

  void succeeded() {
    waitNanos = 0;
  }

  boolean over() {
    return waitNanos == 0 || System.nanoTime() - failedNanos >= waitNanos;
  }
}
