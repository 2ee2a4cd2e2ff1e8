package dev.reticent.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far something has come: a bar that is drawn over on a terminal, a line now and then
 * elsewhere.
 *
 * <p>Goes to the error stream, so that a command's output stays data. For one thread.
 */
final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final int LINES = 10;

  private final PrintStream stream;
  private final boolean terminal;
  private final String label;
  private final long total;
  private final LongSupplier nanoTime;
  private long firstNanos;
  private long firstDone = -1;
  private long drawnNanos;
  private long printedTenth;
  private int drawnLength;

  /**
   * @param total 0 where nobody knows it: then only what is done is counted, on a terminal
   * @param nanoTime a clock
   */
  ProgressBar(
      PrintStream stream, boolean terminal, String label, long total, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.stream = stream;
    this.terminal = terminal;
    this.label = label;
    this.total = total;
  }

  /** A bar on the error stream; the launcher says whether that is a terminal. */
  static ProgressBar start(String label, long total) {
    return new ProgressBar(
        System.err, Boolean.getBoolean("reticent.terminal"), label, total, System::nanoTime);
  }

  /**
   * @param done of the total
   * @param detail figures to show behind the bar
   */
  void update(long done, String detail) {
    long now = nanoTime.getAsLong();
    if (firstDone < 0) {
      firstDone = done;
      firstNanos = now;
    }
    if (!terminal) {
      if (total == 0) {
        return;
      }
      long tenth = done * LINES / total;
      if (tenth > printedTenth || done == total) {
        printedTenth = tenth;
        stream.println(label + " " + done + "/" + total + left(done, now) + "  " + detail);
      }
      return;
    }
    if (done != total && drawnLength > 0 && now - drawnNanos < REDRAW_NANOS) {
      return;
    }
    drawnNanos = now;
    String line = label + " " + bar(done) + left(done, now) + "  " + detail;
    stream.print("\r" + line + " ".repeat(Math.max(0, drawnLength - line.length())));
    stream.flush();
    drawnLength = line.length();
  }

  private String bar(long done) {
    if (total == 0) {
      return String.valueOf(done);
    }
    int filled = (int) (WIDTH * Math.min(done, total) / total);
    return "█".repeat(filled) + "░".repeat(WIDTH - filled) + " " + done + "/" + total;
  }

  /** By the pace since the bar was first drawn: what was done before then may be of long ago. */
  private String left(long done, long now) {
    if (done == firstDone || done >= total) {
      return "";
    }
    double seconds = (now - firstNanos) / 1e9 * (total - done) / (done - firstDone);
    return seconds < 60
        ? String.format(Locale.ROOT, ", %.0f s left", seconds)
        : String.format(Locale.ROOT, ", %.0f min left", seconds / 60);
  }

  /** Ends the line of the bar. */
  @Override
  public void close() {
    if (drawnLength > 0) {
      stream.println();
    }
  }
}
