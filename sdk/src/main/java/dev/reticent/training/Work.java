package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.model.Decoder;
import java.io.Serializable;
import java.util.List;

/**
 * What is to be done with micro-batches, as data, so that it can go to wherever a model is.
 *
 * @param <R> what comes of some of the micro-batches
 */
public sealed interface Work<R extends Serializable> extends Serializable
    permits ClippedSumWork, PlainSumWork, LossWork, ScoreWork {

  /**
   * Whether what a row gives may not depend on who is beside it: then all rows of a micro-batch
   * have the same {@link BatchShape}, which is kept.
   */
  default boolean keepsRowsApart() {
    return false;
  }

  /** Begins a part of the work: some micro-batches, all on this device. */
  Part<R> begin(ComputeDevice device);

  /** A part under way; safe for use by many threads. */
  interface Part<R> extends AutoCloseable {

    /**
     * Computes a micro-batch on a decoder, which need not be done when this returns. Leaves nothing
     * behind when it throws, so that the rows can come again in smaller ones.
     */
    Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape);

    /** What came of all that was added. */
    R finish();

    /** Frees what it has on its device; reports stay. */
    @Override
    default void close() {}
  }

  /** What is known of a micro-batch when its part has finished. */
  interface Report {
    BatchStatistics statistics();

    default Report plus(Report more) {
      return () -> statistics().plus(more.statistics());
    }
  }
}
