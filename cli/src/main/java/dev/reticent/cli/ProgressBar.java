package dev.reticent.cli;

import java.io.PrintStream;
import java.util.Locale;

/**
 * How far something has come: a bar that is drawn over on a terminal, a line now and then
 * elsewhere.
 *
 * <p>Goes to the error stream, so that a command's output stays data. For one thread.
 */
public final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final int LINES = 10;

  private final PrintStream stream;
  private final boolean terminal;
  private final String label;
  private final long total;
  private final long startNanos = System.nanoTime();
  private long drawnNanos;
  private long printedTenth;
  private int drawnLength;

  ProgressBar(PrintStream stream, boolean terminal, String label, long total) {
    if (total < 1) {
      throw new IllegalArgumentException("total must be at least 1, got " + total);
    }
    this.stream = stream;
    this.terminal = terminal;
    this.label = label;
    this.total = total;
  }

  /** A bar on the error stream; the launcher says whether that is a terminal. */
  public static ProgressBar start(String label, long total) {
    return new ProgressBar(System.err, Boolean.getBoolean("reticent.terminal"), label, total);
  }

  /**
   * @param done of the total
   * @param detail figures to show behind the bar
   */
  public void update(long done, String detail) {
    if (!terminal) {
      long tenth = done * LINES / total;
      if (tenth > printedTenth || done == total) {
        printedTenth = tenth;
        stream.println(label + " " + done + "/" + total + left(done) + "  " + detail);
      }
      return;
    }
    long now = System.nanoTime();
    if (done < total && drawnLength > 0 && now - drawnNanos < REDRAW_NANOS) {
      return;
    }
    drawnNanos = now;
    int filled = (int) (WIDTH * Math.min(done, total) / total);
    String bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    String line = label + " " + bar + " " + done + "/" + total + left(done) + "  " + detail;
    stream.print("\r" + line + " ".repeat(Math.max(0, drawnLength - line.length())));
    stream.flush();
    drawnLength = line.length();
  }

  private String left(long done) {
    if (done == 0 || done >= total) {
      return "";
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9 * (total - done) / done;
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
