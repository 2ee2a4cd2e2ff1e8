package dev.reticent.tensorboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.LongToDoubleFunction;

/**
 * Writes one run for TensorBoard: a folder is a run, a writer is one new file in it.
 *
 * <p>Scalars are written as simple values with the tag's metadata on its first event: so they show
 * in TensorBoard's fast and slow loaders and in scripts that read scalars. Every file begins with
 * the first step it will write, so that what an earlier file holds from that step on is dropped.
 *
 * <p>Logging never makes its user fail: errors are counted, and {@link #problem()} tells the last.
 * After an error the records are kept and tried again in a new file, up to a million of them, at
 * first after a second and then more and more rarely, up to once a minute. Records reach the file
 * every {@link Builder#flushSeconds}, at {@link #flush()}, at {@link #close()} and when the JVM
 * ends. Safe for use by many threads.
 */
public final class SummaryWriter implements AutoCloseable {

  private static final int FLUSH_AT = 1 << 15;
  private static final int KEPT = 1 << 20;
  private final Path folder;
  private final Mirror mirror;
  private final double flushSeconds;
  private final Optional<LongToDoubleFunction> times;
  private final Tags tags = new Tags();
  private final Records records = new Records();
  private final Deque<Event> pending = new ArrayDeque<>();
  private final Deque<Path> given = new ArrayDeque<>();
  private final Backoff backoff = new Backoff();
  private final Future<?> clock;
  private final Thread atExit;
  private Optional<EventFile> file = Optional.empty();
  private long startStep;

  /** The greatest step that was logged; flushes, which come by the clock, do not change it. */
  private long latestStep;

  private int errors;
  private long lost;
  private String lastError = "";
  private boolean closed;

  private SummaryWriter(Builder builder) {
    folder = builder.folder;
    startStep = builder.firstStep;
    latestStep = startStep;
    flushSeconds = builder.flushSeconds;
    times = builder.times;
    mirror = new Mirror(builder.mirror, builder.mirrorSeconds);
    clock = Clock.every(flushSeconds, this::tick);
    atExit = Clock.atExit(this::tickLast);
  }

  /** A writer for a run that begins at step 0 and is flushed every five seconds. */
  public static SummaryWriter open(Path runFolder) {
    return builder(runFolder).open();
  }

  /** A writer with the two options used most; see {@link Builder}. */
  public static SummaryWriter open(Path runFolder, long firstStep, double flushSeconds) {
    return builder(runFolder).firstStep(firstStep).flushSeconds(flushSeconds).open();
  }

  /** All options. */
  public static Builder builder(Path runFolder) {
    return new Builder(runFolder);
  }

  /** The options of a writer. */
  public static final class Builder {
    private final Path folder;
    private long firstStep;
    private double flushSeconds = 5;
    private Optional<Path> mirror = Optional.empty();
    private double mirrorSeconds = 30;
    private Optional<LongToDoubleFunction> times = Optional.empty();

    private Builder(Path folder) {
      this.folder = folder;
    }

    /** The first step that will be logged: 0, or where a resumed run goes on. */
    public Builder firstStep(long step) {
      firstStep = Math.max(0, step);
      return this;
    }

    /** How long a record may wait in memory; 0 writes each at once. */
    public Builder flushSeconds(double seconds) {
      flushSeconds = seconds;
      return this;
    }

    /**
     * A second folder, on storage that cannot append (object stores, volumes): the run's file is
     * copied there whole, at most this often and at the end.
     */
    public Builder mirror(Path remoteRunFolder, double seconds) {
      mirror = Optional.of(remoteRunFolder);
      mirrorSeconds = seconds;
      return this;
    }

    /**
     * Takes events' times from their steps, not from the clock, and leaves host and process out of
     * the file's name: then nothing in the run tells how long anything took, and the same values
     * give the same bytes.
     *
     * @param secondsOfStep seconds since 1970, greater for later steps
     */
    public Builder times(LongToDoubleFunction secondsOfStep) {
      times = Optional.of(secondsOfStep);
      return this;
    }

    /** The writer; its file appears with the first value. */
    public SummaryWriter open() {
      return new SummaryWriter(this);
    }
  }

  /** Names and describes a tag; to be called before its first value. Markdown is rendered. */
  public synchronized SummaryWriter describe(String tag, String displayName, String description) {
    tags.describe(tag, displayName, description);
    return this;
  }

  /** Logs a number; kept as fp32. NaN and infinities are shown as such. */
  public synchronized void scalar(String tag, long step, double value) {
    add(tags.scalars(tag), step, (float) value, Optional.empty());
  }

  /** Logs a text; markdown is rendered. */
  public synchronized void text(String tag, long step, String markdown) {
    byte[] bytes = markdown.getBytes(StandardCharsets.UTF_8);
    add(tags.texts(tag), step, 0, Optional.of(Tensors.string(bytes)));
  }

  /** Logs a table of texts: rows of equal length. */
  public synchronized void table(String tag, long step, List<List<String>> rows) {
    add(tags.texts(tag), step, 0, Optional.of(Tensors.table(rows)));
  }

  /** Logs the distribution of the finite ones of these values, in 30 buckets of equal width. */
  public synchronized void histogram(String tag, long step, double[] values) {
    add(tags.histograms(tag), step, 0, Optional.of(Tensors.histogram(values)));
  }

  /** Logs counts per bucket, bucket i reaching from edge i to edge i + 1. */
  public synchronized void histogram(String tag, long step, double[] edges, double[] counts) {
    add(tags.histograms(tag), step, 0, Optional.of(Tensors.histogram(edges, counts)));
  }

  /** Logs images of one size, each the bytes of a PNG file. */
  public synchronized void image(String tag, long step, byte[]... pngs) {
    add(tags.images(tag), step, 0, Optional.of(Tensors.images(pngs)));
  }

  /**
   * Logs the settings of this run for the HParams page, once: numbers, truth values, and whatever
   * else as text. Runs of one group are shown as repetitions of one setting.
   */
  public synchronized void hparams(String group, Map<String, ?> parameters) {
    content(
        "_hparams_/session_start_info", Tensors.sessionStart(group, parameters, time(startStep)));
  }

  /** Marks the run on the HParams page as ended, well or not. */
  public synchronized void hparamsEnd(boolean success) {
    content("_hparams_/session_end_info", Tensors.sessionEnd(success, time(latestStep)));
  }

  /** Sets the charts of the Custom Scalars page. */
  public synchronized void layout(Layout layout) {
    Wire tensor = Tensors.string(layout.message().toBytes());
    add(tags.layout(), 0, 0, Optional.of(tensor));
  }

  private void content(String name, Wire content) {
    add(Tags.hyperparameters(name, content), 0, 0, Optional.of(Tensors.empty()));
  }

  private void add(Tag tag, long step, float scalar, Optional<Wire> tensor) {
    if (closed) {
      throw new IllegalStateException("the writer of " + folder + " is closed");
    }
    if (pending.size() >= KEPT) {
      pending.removeFirst();
      lost++;
    }
    latestStep = Math.max(latestStep, step);
    pending.add(new Event(tag, time(step), Math.max(0, step), scalar, tensor));
    if (flushSeconds <= 0 || pending.size() % FLUSH_AT == 0) {
      flushIfDue();
    }
  }

  /** Seconds since 1970 of an event of a step. */
  private double time(long step) {
    return times
        .map(of -> of.applyAsDouble(Math.max(0, step)))
        .orElseGet(() -> System.currentTimeMillis() * 1e-3);
  }

  /** Flushes, unless a write has failed a short while ago. */
  private synchronized void flushIfDue() {
    if (backoff.over()) {
      flush();
    }
  }

  /** Hands all records to the system. */
  public synchronized void flush() {
    if (pending.isEmpty()) {
      return;
    }
    try {
      if (file.isEmpty()) {
        file =
            Optional.of(
                EventFile.create(
                    mirror.foldersWith(folder), (long) time(startStep), times.isEmpty()));
        file.get().write(records.opening(time(startStep), startStep));
      }
      file.get().write(records.of(pending));
      long lastStep = pending.stream().mapToLong(Event::step).max().orElse(0);
      startStep = Math.max(startStep, lastStep + 1);
      pending.clear();
      backoff.succeeded();
    } catch (IOException | UncheckedIOException e) {
      failed(e);
      backoff.failed();
      abandon();
    }
  }

  private void failed(Exception e) {
    errors++;
    lastError = e.toString();
  }

  /**
   * After a failed write the file may end inside a record: nothing may follow it there. What it
   * holds is still to be copied; a file that holds no record is deleted.
   */
  private void abandon() {
    if (file.isPresent()) {
      try {
        file.get().close();
      } catch (IOException e) {
        failed(e);
      }
      file.filter(old -> !old.deletedAsEmpty()).ifPresent(old -> given.add(old.path()));
    }
    file = Optional.empty();
  }

  private void tick() {
    flushIfDue();
    publish(false);
  }

  private void tickLast() {
    flush();
    publish(true);
  }

  /** Copies to the mirror without holding up those who log; given-up files first, once. */
  private void publish(boolean now) {
    List<Path> ended;
    Optional<Path> current;
    synchronized (this) {
      ended = List.copyOf(given);
      current = file.map(EventFile::path);
    }
    try {
      for (Path path : ended) {
        mirror.publish(path, true);
        synchronized (this) {
          given.remove(path);
        }
      }
      if (current.isPresent()) {
        mirror.publish(current.get(), now);
      }
    } catch (IOException | UncheckedIOException e) {
      synchronized (this) {
        failed(e);
      }
    }
  }

  /** How many writes failed. */
  public synchronized int errors() {
    return errors;
  }

  /** What went wrong last; empty when nothing did. */
  public synchronized Optional<String> problem() {
    String gone = lost == 0 ? "" : "; " + lost + " values were given up";
    return errors == 0
        ? Optional.empty()
        : Optional.of(folder + ": " + errors + " writes failed, the last with " + lastError + gone);
  }

  /** Flushes and closes; further values are refused. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    clock.cancel(false);
    Clock.forget(atExit);
    tickLast();
    synchronized (this) {
      lost += pending.size();
      pending.clear();
      abandon();
      given.clear();
    }
  }
}
