package dev.reticent.tensorboard;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One daemon thread for the timed flushes of all writers, and their last one when the JVM ends. */
final class Clock {

  private static final ScheduledExecutorService THREAD =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "tensorboard-flush");
            thread.setDaemon(true);
            return thread;
          });

  private Clock() {}

  static Future<?> every(double seconds, Runnable task) {
    long millis = Math.round(seconds * 1000);
    return millis <= 0
        ? CompletableFuture.completedFuture(0)
        : THREAD.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  static Thread atExit(Runnable task) {
    Thread hook = new Thread(task, "tensorboard-exit");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending already: close() does the same work.
      return hook;
    }
    return hook;
  }

  static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook runs, and finds nothing to do.
      return;
    }
  }
}
