package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.privacy.UnprotectedMean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Ordinary gradients: shuffled epochs, batches of fixed size, no protection. */
public final class PlainGradients implements GradientSource {

  private final Trainable trainable;
  private final List<TokenizedExample> examples;
  private final int batchSize;
  private final PhysicalBatch physical;
  private final long seed;
  private final Workers workers;
  private List<TokenizedExample> order = List.of();
  private int shuffledEpoch = -1;

  /**
   * @param seed decides the order of the examples
   * @param workers run the micro-batches; how many there are changes nothing but time
   */
  public PlainGradients(
      Trainable trainable,
      List<TokenizedExample> examples,
      int batchSize,
      PhysicalBatch physical,
      long seed,
      Workers workers) {
    this.trainable = trainable;
    this.examples = examples;
    this.batchSize = Math.min(batchSize, examples.size());
    this.physical = physical;
    this.seed = seed;
    this.workers = workers;
  }

  @Override
  public Step next(int step) {
    Turns sum = new Turns(new float[trainable.values().length]);
    List<Supplier<BatchStatistics>> tasks = new ArrayList<>();
    for (List<TokenizedExample> some : MicroBatch.cut(batch(step), physical.size())) {
      int turn = tasks.size();
      tasks.add(() -> add(sum, turn, some));
    }
    BatchStatistics statistics =
        workers.run(tasks).stream().reduce(BatchStatistics.EMPTY, BatchStatistics::plus);
    return new Step(UnprotectedMean.of(sum.values()), 0, statistics, Optional.empty());
  }

  private BatchStatistics add(Turns sum, int turn, List<TokenizedExample> some) {
    List<float[]> gradient = new ArrayList<>(); // of all parameters, once for each part of `some`
    try {
      return physical.run(some, part -> compute(part, gradient), BatchStatistics::plus);
    } finally {
      sum.add(turn, gradient, batchSize);
    }
  }

  private BatchStatistics compute(List<TokenizedExample> examples, List<float[]> gradient) {
    try (Scope scope = new Scope()) {
      MicroBatch micro = MicroBatch.of(scope, examples, trainable.decoder(Workers.current()));
      Trainable.Gradients found = trainable.gradients(scope, micro, false);
      float[] sum = new float[trainable.values().length];
      int at = 0;
      for (Tensor part : found.tensors()) {
        at = part.copyTo(sum, at);
      }
      gradient.add(sum);
      return BatchStatistics.EMPTY.plus(micro.tokens(), found.losses(), 0);
    }
  }

  /** A sum to which micro-batches are added in their order, whoever computes them and when. */
  private static final class Turns {
    private final float[] values;
    private int next;

    Turns(float[] values) {
      this.values = values;
    }

    /** Waits for the turn. Tasks start in order, so that of an earlier turn is under way. */
    synchronized void add(int turn, List<float[]> gradients, int divisor) {
      boolean interrupted = false;
      while (next < turn) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      for (float[] gradient : gradients) {
        for (int i = 0; i < values.length; i++) {
          values[i] += gradient[i] / divisor;
        }
      }
      next++;
      notifyAll();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    float[] values() {
      return values;
    }
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
