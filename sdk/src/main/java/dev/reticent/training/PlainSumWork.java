package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.Decoder;
import java.util.List;

/**
 * The sum of the gradients of a step without protection.
 *
 * @param dimension P
 * @param dropout of this step
 */
record PlainSumWork(int dimension, Dropout dropout, SumPlace place) implements Work<PlainSum> {

  @Override
  public Part<PlainSum> begin(ComputeDevice device) {
    return place.onDevice(device)
        ? new OnDevice(dropout, new EnginePlainSum(device, dimension))
        : new OnHost(dimension, new PlainSum(dimension), dropout);
  }

  private record OnHost(int dimension, PlainSum sum, Dropout dropout) implements Part<PlainSum> {

    @Override
    public Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.training(scope, rows, decoder, shape, dropout);
        Trainable.Gradients found = trainable.gradients(scope, micro, false);
        float[] gradient = new float[dimension];
        int at = 0;
        for (Tensor part : found.tensors()) {
          at = part.copyTo(gradient, at);
        }
        sum.add(gradient);
        double[] losses = Trainable.Gradients.wide(found.losses());
        BatchStatistics known = BatchStatistics.EMPTY.plus(micro.tokens(), losses, 0);
        return () -> known;
      }
    }

    @Override
    public PlainSum finish() {
      return sum;
    }
  }

  private record OnDevice(Dropout dropout, EnginePlainSum sum) implements Part<PlainSum> {

    @Override
    public Report add(Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.training(scope, rows, decoder, shape, dropout);
        int number = sum.add(scope, trainable.gradients(scope, micro, false));
        long tokens = micro.tokens();
        return () -> BatchStatistics.EMPTY.plus(tokens, sum.losses(number), 0);
      }
    }

    @Override
    public PlainSum finish() {
      return sum.take();
    }

    @Override
    public void close() {
      sum.close();
    }
  }
}
