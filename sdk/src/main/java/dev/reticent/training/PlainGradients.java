package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.UnprotectedMean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Ordinary gradients: shuffled epochs, batches of fixed size, no protection. */
public final class PlainGradients implements GradientSource {

  private final Decoder decoder;
  private final Trainable trainable;
  private final List<TokenizedExample> examples;
  private final int batchSize;
  private final int physicalBatchSize;
  private final long seed;
  private List<TokenizedExample> order = List.of();
  private int shuffledEpoch = -1;

  /**
   * @param seed decides the order of the examples
   */
  public PlainGradients(
      Decoder decoder,
      Trainable trainable,
      List<TokenizedExample> examples,
      int batchSize,
      int physicalBatchSize,
      long seed) {
    this.decoder = decoder;
    this.trainable = trainable;
    this.examples = examples;
    this.batchSize = Math.min(batchSize, examples.size());
    this.physicalBatchSize = physicalBatchSize;
    this.seed = seed;
  }

  @Override
  public Step next(int step) {
    List<TokenizedExample> batch = batch(step);
    float[] mean = new float[trainable.values().length];
    BatchStatistics statistics = BatchStatistics.EMPTY;
    for (int start = 0; start < batch.size(); start += physicalBatchSize) {
      List<TokenizedExample> some =
          batch.subList(start, Math.min(batch.size(), start + physicalBatchSize));
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.of(scope, some, decoder);
        Trainable.Gradients found = trainable.gradients(scope, micro, false);
        int at = 0;
        for (Tensor part : found.parts()) {
          for (float value : part.toFloats()) {
            mean[at++] += value / batch.size();
          }
        }
        statistics = statistics.plus(micro.tokens(), found.losses(), 0);
      }
    }
    return new Step(UnprotectedMean.of(mean), 0, statistics);
  }

  /**
   * The batch of a step: a function of seed and step alone, so that a resumed run goes on as it
   * was.
   */
  private List<TokenizedExample> batch(int step) {
    int perEpoch = examples.size() / batchSize;
    int epoch = step / perEpoch;
    if (epoch != shuffledEpoch) {
      order = new ArrayList<>(examples);
      Collections.shuffle(order, new Random(seed + epoch));
      shuffledEpoch = epoch;
    }
    int at = step % perEpoch * batchSize;
    return order.subList(at, at + batchSize);
  }
}
