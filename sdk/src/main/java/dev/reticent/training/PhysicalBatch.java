package dev.reticent.training;

import dev.reticent.config.UserInputException;
import dev.reticent.engine.EngineFailure;
import java.util.List;
import java.util.Locale;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How many examples go through the model together. It is halved once when memory runs out, and the
 * examples that found no room go again; a second time is the user's to mend.
 *
 * <p>Safe for use by many threads.
 */
public final class PhysicalBatch {

  private final int configured;
  private final Consumer<String> notices;
  private int size;

  /**
   * @param size examples, at least one
   * @param notices receives a line when the size is halved
   */
  public PhysicalBatch(int size, Consumer<String> notices) {
    this.configured = size;
    this.size = size;
    this.notices = notices;
  }

  /** The size for the next micro-batches. */
  public synchronized int size() {
    return size;
  }

  /**
   * Computes on examples; where memory runs out, or ran out before, on halves of them.
   *
   * @param compute leaves nothing behind when memory runs out
   * @param join what two parts give together, in order
   * @throws UserInputException when memory runs out for a halved batch too
   */
  <T, R> R run(List<T> examples, Function<List<T>, R> compute, BinaryOperator<R> join) {
    if (examples.size() <= size()) {
      try {
        return compute.apply(examples);
      } catch (EngineFailure e) {
        if (!e.outOfMemory()) {
          throw e;
        }
        halve(examples.size(), e);
      }
    } // else it was cut before the size was halved
    return MicroBatch.cut(examples, size()).stream()
        .map(part -> again(part, compute))
        .reduce(join)
        .orElseThrow();
  }

  private <T, R> R again(List<T> examples, Function<List<T>, R> compute) {
    try {
      return compute.apply(examples);
    } catch (EngineFailure e) {
      throw e.outOfMemory() ? noRoom(examples.size(), e) : e;
    }
  }

  private synchronized void halve(int failed, EngineFailure failure) {
    if (size == configured && size > 1) {
      size = (configured + 1) / 2;
      notices.accept(
          "memory ran out for a micro-batch of "
              + failed
              + " rows: physical_batch_size is "
              + size
              + " from here on instead of "
              + configured
              + ". The result stays the same.");
    }
    if (failed <= size) {
      throw noRoom(failed, failure);
    }
  }

  private UserInputException noRoom(int rows, EngineFailure failure) {
    return new UserInputException(
        "physical_batch_size: memory ran out for a micro-batch of "
            + rows
            + " rows (configured: "
            + configured
            + "). Set physical_batch_size: "
            + Math.max(1, rows / 2)
            + ", activation_checkpointing: true, or a smaller dataset.max_length; "
            + "./reticent plan says what each takes. ("
            + reason(failure)
            + ")",
        failure);
  }

  /** The line in which libtorch says what it could not have, behind the script's traceback. */
  private static String reason(EngineFailure failure) {
    List<String> lines = String.valueOf(failure.getMessage()).lines().toList();
    return lines.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).contains("memory"))
        .findFirst()
        .orElse(lines.get(0))
        .strip();
  }
}
