package dev.reticent.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Whoever computes the micro-batches of a step: threads of this process, or other machines.
 *
 * <p>Results may come divided into any parts. Sums are on a grid, and statistics say which
 * micro-batch they are of, so how many there are that compute changes nothing but time.
 */
public interface Crew extends AutoCloseable {

  /**
   * What came of some of the micro-batches.
   *
   * @param numbers which ones
   * @param statistics of each of these
   */
  record Part<R extends Serializable>(
      R result, List<Integer> numbers, List<BatchStatistics> statistics) implements Serializable {}

  /**
   * Told what the next work is for, such as {@code step 3 of 100}; a cluster's pages may say it.
   */
  default void announce(String what) {}

  /** Rows of a micro-batch as it is to be cut. */
  int rowsAtOnce();

  /**
   * Whether micro-batches are computed elsewhere than on this machine's processors, so that these
   * have time for the step's noise.
   */
  default boolean leavesCoresIdle() {
    return false;
  }

  /**
   * Does work on micro-batches, to its end, so that nothing is under way when it returns or throws.
   *
   * @return parts that have each micro-batch once
   */
  <R extends Serializable> List<Part<R>> run(Work<R> work, List<List<Row>> microBatches);

  /** The statistics of all micro-batches, added in their order: sums of doubles depend on it. */
  static BatchStatistics statistics(List<? extends Part<?>> parts) {
    int count = parts.stream().mapToInt(part -> part.numbers().size()).sum();
    List<BatchStatistics> ordered =
        new ArrayList<>(Collections.nCopies(count, BatchStatistics.EMPTY));
    for (Part<?> part : parts) {
      for (int i = 0; i < part.numbers().size(); i++) {
        ordered.set(part.numbers().get(i), part.statistics().get(i));
      }
    }
    return ordered.stream().reduce(BatchStatistics.EMPTY, BatchStatistics::plus);
  }

  @Override
  void close();
}
