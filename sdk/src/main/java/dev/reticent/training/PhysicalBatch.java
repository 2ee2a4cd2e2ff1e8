package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.EngineFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How many examples go through the model together. The number is halved once for a shape for which
 * memory runs out, and the examples that found no room go again; a second time is the user's to
 * mend. Where rows are kept apart each pair of lengths has a number of its own, so that a row that
 * is too long for memory changes nothing for shorter ones.
 *
 * <p>Safe for use by many threads.
 */
@Internal
public final class PhysicalBatch {

  /** For micro-batches that are as long as their longest row. */
  private static final BatchShape ANY = new BatchShape(1, 0, 0);

  private final int configured;
  private final Consumer<String> notices;
  private final Map<BatchShape, Integer> smaller = new HashMap<>();

  /**
   * @param size examples, at least one
   * @param notices receives a line when the size is halved
   */
  public PhysicalBatch(int size, Consumer<String> notices) {
    this.configured = size;
    this.notices = notices;
  }

  /** The size by which micro-batches are cut. */
  int configured() {
    return configured;
  }

  /**
   * Tokens to which a row of a private step is padded at most.
   *
   * @param tokens of the row
   */
  public static int padded(int tokens) {
    return BatchShape.padded(tokens);
  }

  /** What computes rows on a device. */
  interface Compute<R> {
    /** Leaves nothing behind when memory runs out. */
    R on(List<Row> rows, BatchShape shape);
  }

  private synchronized int size(BatchShape shape) {
    return smaller.getOrDefault(key(shape), configured);
  }

  private BatchShape key(BatchShape shape) {
    return shape.withRows(configured);
  }

  /**
   * Computes on rows; where memory runs out, or ran out before, on halves of them.
   *
   * @param shape of the lengths of each row, for rows that are kept apart: places are filled up
   * @param join what two parts give together, in order
   * @throws UserInputException when memory runs out for a halved batch too
   */
  <R> R runApart(List<Row> rows, BatchShape shape, Compute<R> compute, BinaryOperator<R> join) {
    return run(rows, shape, part -> compute.on(part, shape.withRows(size(shape))), join);
  }

  /** Computes rows that are padded to the longest of them. */
  <R> R run(List<Row> rows, Compute<R> compute, BinaryOperator<R> join) {
    return run(rows, ANY, part -> compute.on(part, BatchShape.fitting(part)), join);
  }

  private <R> R run(
      List<Row> rows, BatchShape shape, Function<List<Row>, R> compute, BinaryOperator<R> join) {
    int places = shape.equals(ANY) ? rows.size() : size(shape);
    if (rows.size() <= size(shape)) {
      try {
        return compute.apply(rows);
      } catch (EngineFailure e) {
        if (!e.outOfMemory()) {
          throw e;
        }
        halve(places, shape, e);
      }
    } // else it was cut before the size was halved
    return MicroBatch.cut(rows, size(shape)).stream()
        .map(part -> again(part, compute))
        .reduce(join)
        .orElseThrow();
  }

  private <R> R again(List<Row> rows, Function<List<Row>, R> compute) {
    try {
      return compute.apply(rows);
    } catch (EngineFailure e) {
      throw e.outOfMemory() ? noRoom(rows.size(), e) : e;
    }
  }

  private synchronized void halve(int failed, BatchShape shape, EngineFailure failure) {
    int size = size(shape);
    if (size == configured && size > 1) {
      int half = (configured + 1) / 2;
      smaller.put(key(shape), half);
      notices.accept(
          "memory ran out for a micro-batch of %d rows: physical_batch_size is %d from here on instead of %d%s. The result stays the same."
              .formatted(
                  failed,
                  half,
                  configured,
                  shape.equals(ANY) ? "" : ", for rows of up to " + shape.tokens() + " tokens"));
      size = half;
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
