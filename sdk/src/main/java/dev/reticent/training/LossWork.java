package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The loss of each row, without gradients. */
record LossWork() implements Work<LossWork.Losses> {

  /**
   * Mean negative log-likelihoods, in nats a token.
   *
   * @param byRow by the number of the row, {@link Row#unit}
   */
  record Losses(Map<Integer, Double> byRow) implements Serializable {}

  @Override
  public Part<Losses> begin(ComputeDevice device) {
    return new OfRows(new ConcurrentHashMap<>());
  }

  private record OfRows(Map<Integer, Double> byRow) implements Part<Losses> {

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
    public Losses finish() {
      return new Losses(new HashMap<>(byRow));
    }
  }
}
