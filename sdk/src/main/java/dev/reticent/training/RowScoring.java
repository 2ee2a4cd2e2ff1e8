package dev.reticent.training;

import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Some micro-batches of work that finds a number for each row. */
final class RowScoring implements Work.Part<RowScores> {

  private final Scorer scorer;
  private final Map<Integer, Double> byRow = new ConcurrentHashMap<>();

  RowScoring(Scorer scorer) {
    this.scorer = scorer;
  }

  /** Finds the numbers of a micro-batch [B], whose tensors last as long as the scope. */
  @FunctionalInterface
  interface Scorer {
    Scored of(Scope scope, Trainable trainable, MicroBatch micro);
  }

  /** What was found, and what is known of the batch by it. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Scored(double[] scores, BatchStatistics statistics) {}

  @Override
  public Work.Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
    try (Scope scope = new Scope()) {
      MicroBatch micro = MicroBatch.of(scope, Row.examples(rows), decoder, shape);
      Scored found = scorer.of(scope, trainable, micro);
      for (int i = 0; i < rows.size(); i++) {
        byRow.put(rows.get(i).unit(), found.scores()[i]);
      }
      return found::statistics;
    }
  }

  @Override
  public RowScores finish() {
    return new RowScores(new HashMap<>(byRow));
  }
}
