package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The mean negative log-likelihood of each row, in nats a token, without gradients. */
record LossWork() implements Work<RowScores> {

  @Override
  public Part<RowScores> begin(ComputeDevice device) {
    return new OfRows(new ConcurrentHashMap<>());
  }

  private record OfRows(Map<Integer, Double> byRow) implements Part<RowScores> {

    @Override
    public Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
      LayerwisePass pass = new LayerwisePass(decoder, trainable.adapter(decoder), false);
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.of(scope, Row.examples(rows), decoder, shape);
        double[] losses = pass.losses(micro);
        for (int i = 0; i < losses.length; i++) {
          byRow.put(rows.get(i).unit(), losses[i]);
        }
        BatchStatistics known = BatchStatistics.EMPTY.plus(micro.tokens(), losses, 0);
        return () -> known;
      }
    }

    @Override
    public RowScores finish() {
      return new RowScores(new HashMap<>(byRow));
    }
  }
}
