package dev.reticent.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes one run for TensorBoard: a folder is a run, a writer is one new file in it.
 *
 * <p>Scalars are written as simple values with the tag's metadata on its first event: so they show
 * in TensorBoard's fast and slow loaders and in scripts that read scalars. Every file begins with
 * the first step it will write, so that what an earlier file holds from that step on is dropped.
 *
 * <p>Logging never makes its user fail: errors are counted, and {@link #problem()} tells the last.
 * Records reach the file at least every {@code flushSeconds} while values come in, at {@link
 * #flush()} and at {@link #close()}. Safe for use by many threads.
 */
public final class SummaryWriter implements AutoCloseable {

  private record Description(String displayName, String text) {}

  private final Path folder;
  private final long firstStep;
  private final double flushSeconds;
  private final Map<String, Description> descriptions = new LinkedHashMap<>();
  private final Set<String> begun = new HashSet<>();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private Optional<EventFile> file = Optional.empty();
  private long lastFlush = System.nanoTime();
  private int errors;
  private String lastError = "";
  private boolean closed;

  private SummaryWriter(Path folder, long firstStep, double flushSeconds) {
    this.folder = folder;
    this.firstStep = firstStep;
    this.flushSeconds = flushSeconds;
  }

  /** A writer for a run that begins at step 0 and is flushed every five seconds. */
  public static SummaryWriter open(Path runFolder) {
    return open(runFolder, 0, 5);
  }

  /**
   * A writer for a run.
   *
   * @param firstStep the first step this writer will log: 0, or where a resumed run goes on
   * @param flushSeconds how long a record may wait in memory; 0 writes each at once
   */
  public static SummaryWriter open(Path runFolder, long firstStep, double flushSeconds) {
    return new SummaryWriter(runFolder, Math.max(0, firstStep), flushSeconds);
  }

  /** Names and describes a tag; to be called before its first value. Markdown is rendered. */
  public synchronized SummaryWriter describe(String tag, String displayName, String description) {
    descriptions.put(tag, new Description(displayName, description));
    return this;
  }

  /** Logs a number; kept as fp32. NaN and infinities are shown as such. */
  public void scalar(String tag, long step, double value) {
    add(tag, step, "scalars", 1, new Wire().float32(2, (float) value));
  }

  /** Logs a text; markdown is rendered. */
  public void text(String tag, long step, String markdown) {
    Wire tensor = new Wire().number(1, 7).message(2, new Wire()).text(8, markdown);
    add(tag, step, "text", 2, new Wire().message(8, tensor));
  }

  private synchronized void add(
      String tag, long step, String plugin, int dataClass, Wire valueField) {
    if (closed) {
      throw new IllegalStateException("the writer of " + folder + " is closed");
    }
    Wire value = new Wire().text(1, tag);
    if (begun.add(tag)) {
      Description description = descriptions.getOrDefault(tag, new Description("", ""));
      Wire metadata =
          new Wire()
              .message(1, new Wire().text(1, plugin))
              .text(2, description.displayName())
              .text(3, description.text())
              .number(4, dataClass);
      value.message(9, metadata);
    }
    byte[] own = valueField.toBytes();
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(value.toBytes());
    joined.writeBytes(own);
    Wire summary = new Wire().bytes(1, joined.toByteArray());
    enqueue(event(Math.max(0, step)).message(5, summary));
    if ((System.nanoTime() - lastFlush) * 1e-9 >= flushSeconds) {
      flush();
    }
  }

  private static Wire event(long step) {
    return new Wire().float64(1, System.currentTimeMillis() * 1e-3).number(2, step);
  }

  private void enqueue(Wire event) {
    pending.writeBytes(EventFile.record(event.toBytes()));
  }

  /** Hands all records to the system. */
  public synchronized void flush() {
    lastFlush = System.nanoTime();
    if (pending.size() == 0) {
      return;
    }
    try {
      if (file.isEmpty()) {
        EventFile opened = EventFile.create(folder, System.currentTimeMillis() / 1000);
        file = Optional.of(opened);
        opened.write(opening());
      }
      file.get().write(pending.toByteArray());
      pending.reset();
    } catch (IOException e) {
      errors++;
      lastError = e.toString();
      abandon();
    }
  }

  /** The version, and the step from which this file counts. */
  private byte[] opening() {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    Wire version =
        new Wire()
            .float64(1, System.currentTimeMillis() * 1e-3)
            .text(3, "brain.Event:2")
            .message(10, new Wire().text(1, "tensorboard-java"));
    head.writeBytes(EventFile.record(version.toBytes()));
    Wire start = event(firstStep).message(7, new Wire().number(1, 1));
    head.writeBytes(EventFile.record(start.toBytes()));
    return head.toByteArray();
  }

  /** After a failed write the file may end inside a record: nothing may follow it there. */
  private void abandon() {
    begun.clear();
    file.ifPresent(
        old -> {
          try {
            old.close();
          } catch (IOException e) {
            lastError = e.toString();
          }
        });
    file = Optional.empty();
  }

  /** How many writes failed. */
  public synchronized int errors() {
    return errors;
  }

  /** What went wrong last; empty when nothing did. */
  public synchronized Optional<String> problem() {
    return errors == 0
        ? Optional.empty()
        : Optional.of(folder + ": " + errors + " writes failed, the last with " + lastError);
  }

  /** Flushes and closes; further values are refused. */
  @Override
  public synchronized void close() {
    if (!closed) {
      flush();
      abandon();
      closed = true;
    }
  }
}
