package dev.reticent;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where threads spend their time: their stacks, looked at every few milliseconds. Time in a native
 * call counts, be it spent computing or waiting for a card.
 */
public final class StackSampler implements AutoCloseable {

  private static final int EVERY_MS = 5;
  private static final int DEPTH = 6;

  private final Map<String, Integer> seen = new TreeMap<>();
  private final Thread thread = new Thread(this::watch, "sampler");
  private volatile boolean running = true;
  private int samples;

  public StackSampler() {
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (running) {
      for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
        Thread.State state = entry.getKey().getState();
        if (entry.getKey() != thread && state == Thread.State.RUNNABLE) {
          record(entry.getValue());
        }
      }
      samples++;
      try {
        Thread.sleep(EVERY_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** The innermost calls of ours, the outer one last; threads without any do not count. */
  private void record(StackTraceElement[] stack) {
    StringBuilder place = new StringBuilder();
    int depth = 0;
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().startsWith("dev.reticent.") && depth < DEPTH) {
        String name = frame.getClassName().replaceAll(".*\\.", "");
        place.append(depth++ == 0 ? "" : " < ").append(name).append('.');
        place.append(frame.getMethodName()).append(':').append(frame.getLineNumber());
      }
    }
    if (depth > 0) {
      synchronized (seen) {
        seen.merge(place.toString(), 1, Integer::sum);
      }
    }
  }

  /** The most frequent places, each with its share of the samples. */
  public String report(int lines) {
    StringBuilder report = new StringBuilder();
    synchronized (seen) {
      seen.entrySet().stream()
          .sorted(Comparator.comparing(Map.Entry<String, Integer>::getValue).reversed())
          .limit(lines)
          .forEach(
              e ->
                  report.append(
                      String.format(
                          Locale.ROOT,
                          "    %5.1f %%  %s%n",
                          100.0 * e.getValue() / Math.max(1, samples),
                          e.getKey())));
    }
    return report.toString();
  }

  @Override
  public void close() {
    running = false;
    thread.interrupt();
  }
}
