package dev.reticent.cli;

import dev.reticent.run.Progress;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What goes on, on the error stream: a line for each phase, and a bar for what takes more than two
 * seconds.
 */
public final class ProgressLines implements Progress, AutoCloseable {
  private static final long SHOWN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final PrintWriter err;
  private final PrintStream bars;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private String what = "";
  private long beganNanos;
  private Optional<ProgressBar> bar = Optional.empty();

  /**
   * @param err for lines; bars go to the error stream, as the launcher says whether that is a
   *     terminal
   */
  public ProgressLines(PrintWriter err) {
    this(err, System.err, Boolean.getBoolean("reticent.terminal"), System::nanoTime);
  }

  ProgressLines(PrintWriter err, PrintStream bars, boolean terminal, LongSupplier nanoTime) {
    this.err = err;
    this.bars = bars;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  @Override
  public synchronized void phase(String begins) {
    say(begins + " …");
    begin(begins);
  }

  /** A line between the bars. */
  public synchronized void say(String line) {
    close();
    err.println(line);
    err.flush();
  }

  @Override
  public synchronized void progressed(String now, int done, int total) {
    if (!what.equals(now)) {
      close();
      begin(now);
    }
    if (bar.isEmpty() && nanoTime.getAsLong() - beganNanos > SHOWN_AFTER_NANOS) {
      bar = Optional.of(new ProgressBar(bars, terminal, now, total, nanoTime));
    }
    bar.ifPresent(shown -> shown.update(done, ""));
  }

  private void begin(String begins) {
    what = begins;
    beganNanos = nanoTime.getAsLong();
  }

  /** Ends the bar that is being drawn. */
  @Override
  public synchronized void close() {
    bar.ifPresent(ProgressBar::close);
    bar = Optional.empty();
  }
}
