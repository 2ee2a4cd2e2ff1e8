package dev.reticent.engine;

import dev.reticent.api.Internal;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Supplier;

/**
 * What a process spends its time on until a model is ready to work, as one line of the log.
 *
 * <p>Parts run side by side and on several threads, and the time of each is counted whole: together
 * they may come to more than what has passed.
 */
@Internal
public final class Timeline {

  private static final System.Logger LOG = System.getLogger(Timeline.class.getName());

  /** Nanoseconds of each part since the last line. */
  private static final Map<String, Long> PARTS = new LinkedHashMap<>();

  private Timeline() {}

  /** Does some work and counts its time. */
  public static <T> T of(String part, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      add(part, System.nanoTime() - start);
    }
  }

  /** Does some work and counts its time. */
  public static void of(String part, Runnable work) {
    of(
        part,
        () -> {
          work.run();
          return true;
        });
  }

  private static void add(String part, long nanoseconds) {
    synchronized (PARTS) {
      PARTS.merge(part, nanoseconds, Long::sum);
    }
  }

  /** Writes the line and begins the next one. */
  public static void ready() {
    StringJoiner parts = new StringJoiner(", ");
    synchronized (PARTS) {
      PARTS.forEach((part, time) -> parts.add(seconds(part + " %.2f", time * 1e-9)));
      PARTS.clear();
    }
    long born = ManagementFactory.getRuntimeMXBean().getStartTime();
    String after = seconds("%.2f", (System.currentTimeMillis() - born) * 1e-3);
    LOG.log(
        System.Logger.Level.DEBUG,
        "ready {0} s after the process began; seconds of all threads: {1}",
        after,
        parts);
  }

  private static String seconds(String format, double seconds) {
    return String.format(Locale.ROOT, format, seconds);
  }
}
