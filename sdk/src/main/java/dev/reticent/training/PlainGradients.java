package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.UnprotectedMean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Ordinary gradients: shuffled epochs, batches of fixed size, no protection. */
public final class PlainGradients implements GradientSource {

  private final Decoder decoder;
  private final Trainable trainable;
  private final List<TokenizedExample> examples;
  private final int batchSize;
  private final int physicalBatchSize;
  private final long seed;
  private final Workers workers;
  private List<TokenizedExample> order = List.of();
  private int shuffledEpoch = -1;

  /**
   * @param seed decides the order of the examples
   * @param workers run the micro-batches; the order in which floats are added depends on how many
   */
  public PlainGradients(
      Decoder decoder,
      Trainable trainable,
      List<TokenizedExample> examples,
      int batchSize,
      int physicalBatchSize,
      long seed,
      Workers workers) {
    this.decoder = decoder;
    this.trainable = trainable;
    this.examples = examples;
    this.batchSize = Math.min(batchSize, examples.size());
    this.physicalBatchSize = physicalBatchSize;
    this.seed = seed;
    this.workers = workers;
  }

  @Override
  public Step next(int step) {
    List<List<TokenizedExample>> batch = MicroBatch.cut(batch(step), physicalBatchSize);
    List<Supplier<Part>> tasks = new ArrayList<>();
    for (int worker = 0; worker < workers.count(); worker++) {
      int first = worker;
      tasks.add(() -> part(batch, first));
    }
    List<Part> parts = workers.run(tasks);
    float[] mean = parts.get(0).sum();
    BatchStatistics statistics = parts.get(0).statistics();
    for (Part part : parts.subList(1, parts.size())) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += part.sum()[i];
      }
      statistics = statistics.plus(part.statistics());
    }
    return new Step(UnprotectedMean.of(mean), 0, statistics, Optional.empty());
  }

  /** What one worker adds up. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  private record Part(float[] sum, BatchStatistics statistics) {}

  /** The micro-batch {@code first} and every one that follows it at the workers' stride. */
  private Part part(List<List<TokenizedExample>> microBatches, int first) {
    float[] sum = new float[trainable.values().length];
    BatchStatistics statistics = BatchStatistics.EMPTY;
    for (int i = first; i < microBatches.size(); i += workers.count()) {
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.of(scope, microBatches.get(i), decoder);
        Trainable.Gradients found = trainable.gradients(scope, micro, false);
        int at = 0;
        for (Tensor part : found.parts()) {
          for (float value : part.toFloats()) {
            sum[at++] += value / batchSize;
          }
        }
        statistics = statistics.plus(micro.tokens(), found.losses(), 0);
      }
    }
    return new Part(sum, statistics);
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
