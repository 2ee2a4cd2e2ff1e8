package dev.reticent.training;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A number for each row of some micro-batches.
 *
 * @param byRow by the row's {@link Row#unit}
 */
record RowScores(Map<Integer, Double> byRow) implements Serializable {

  /** Those of rows that {@link Row#of} numbered, in their order. */
  static double[] inOrder(int rows, List<Crew.Part<RowScores>> parts) {
    double[] scores = new double[rows];
    parts.forEach(part -> part.result().byRow().forEach((row, score) -> scores[row] = score));
    return scores;
  }
}
