package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.DeviceAccumulator;
import dev.reticent.privacy.DeviceSum;
import dev.reticent.privacy.PartialAccumulator;
import dev.reticent.privacy.PartialSum;
import dev.reticent.privacy.SumRule;
import java.util.List;

/**
 * The clipped sum of a private step.
 *
 * @param dropout of this step
 */
record ClippedSumWork(SumRule rule, Dropout dropout, SumPlace place) implements Work<PartialSum> {

  @Override
  public boolean keepsRowsApart() {
    return true;
  }

  @Override
  public Part<PartialSum> begin(ComputeDevice device) {
    return place.onDevice(device)
        ? new OnDevice(rule, dropout, new EngineSum(device))
        : new OnHost(rule.clipping(), dropout, rule.accumulator());
  }

  private static EngineGradients gradients(
      Scope scope, Trainable trainable, Decoder decoder, MicroBatch micro, int rows) {
    Trainable.Gradients found = trainable.gradients(scope, micro, true);
    return new EngineGradients(decoder.device(), scope, found, rows);
  }

  private static BatchStatistics statistics(
      long tokens, Clipping clipping, double[][] squaredNorms, double[] losses) {
    int count = 0;
    for (boolean clipped : clipping.clipped(squaredNorms)) {
      count += clipped ? 1 : 0;
    }
    return BatchStatistics.EMPTY.plus(tokens, losses, count);
  }

  private record OnHost(Clipping clipping, Dropout dropout, PartialAccumulator sum)
      implements Part<PartialSum> {

    @Override
    public Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.training(scope, rows, decoder, shape, dropout);
        EngineGradients gradients = gradients(scope, trainable, decoder, micro, rows.size());
        sum.add(Row.units(rows), gradients);
        BatchStatistics known =
            statistics(micro.tokens(), clipping, gradients.squaredNorms(), gradients.losses());
        return () -> known;
      }
    }

    @Override
    public PartialSum finish() {
      return sum.finish();
    }
  }

  private static final class OnDevice implements Part<PartialSum> {

    private final Clipping clipping;
    private final Dropout dropout;
    private final EngineSum sum;
    private final DeviceAccumulator<EngineGradients> accumulator;

    OnDevice(SumRule rule, Dropout dropout, EngineSum sum) {
      this.clipping = rule.clipping();
      this.dropout = dropout;
      this.sum = sum;
      this.accumulator = rule.accumulator(sum);
    }

    @Override
    public Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.training(scope, rows, decoder, shape, dropout);
        EngineGradients gradients = gradients(scope, trainable, decoder, micro, rows.size());
        int number = add(rows, gradients);
        long tokens = micro.tokens();
        return () -> {
          DeviceSum.MicroBatch known = sum.microBatch(number);
          return statistics(tokens, clipping, known.squaredNorms(), known.losses());
        };
      }
    }

    private synchronized int add(List<Row> rows, EngineGradients gradients) {
      accumulator.add(Row.units(rows), gradients.groups(), gradients);
      return sum.count() - 1;
    }

    @Override
    public PartialSum finish() {
      return accumulator.finish();
    }

    @Override
    public void close() {
      sum.close();
    }
  }
}
