package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.Clipping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far the clipped gradient of each row points along a direction.
 *
 * @param direction u [P], in the order of the trained values
 */
@SuppressWarnings("ArrayRecordComponent") // read where it is computed with, never compared
record ScoreWork(float[] direction, Clipping clipping) implements Work<RowScores> {

  @Override
  public Part<RowScores> begin(ComputeDevice device) {
    return new OfRows(this, new ConcurrentHashMap<>());
  }

  private record OfRows(ScoreWork work, Map<Integer, Double> byRow) implements Part<RowScores> {

    @Override
    public Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.of(scope, Row.examples(rows), decoder, shape);
        double[] scores =
            GradientScores.along(scope, work.direction, trainable, micro, work.clipping);
        for (int i = 0; i < scores.length; i++) {
          byRow.put(rows.get(i).unit(), scores[i]);
        }
        return () -> BatchStatistics.EMPTY;
      }
    }

    @Override
    public RowScores finish() {
      return new RowScores(new HashMap<>(byRow));
    }
  }
}
