package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import java.util.List;

/** Losses without gradients: they are all in the statistics. */
record LossWork() implements Work<Work.Nothing> {

  @Override
  public Part<Nothing> begin(ComputeDevice device) {
    return new Losses();
  }

  private record Losses() implements Part<Nothing> {

    @Override
    public Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
      LayerwisePass pass = new LayerwisePass(decoder, trainable.adapter(decoder), false);
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.of(scope, Row.examples(rows), decoder, shape);
        BatchStatistics known = BatchStatistics.EMPTY.plus(micro.tokens(), pass.losses(micro), 0);
        return () -> known;
      }
    }

    @Override
    public Nothing finish() {
      return Nothing.NOTHING;
    }
  }
}
