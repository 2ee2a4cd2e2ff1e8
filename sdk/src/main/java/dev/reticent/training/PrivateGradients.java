package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.GaussianMechanism;
import dev.reticent.privacy.GradientAccumulator;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.PoissonBatch;
import dev.reticent.privacy.PoissonSampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Differentially private gradients: a Poisson batch, cut into micro-batches, each example's
 * gradient clipped, summed, noised and divided by the expected batch size.
 */
public final class PrivateGradients implements GradientSource {

  private final Trainable trainable;
  private final List<List<TokenizedExample>> units;
  private final PhysicalBatch physical;
  private final PoissonSampler sampler;
  private final Clipping clipping;
  private final GaussianMechanism mechanism;
  private final Ledger ledger;
  private final double expectedBatchSize;
  private final Workers workers;

  /**
   * @param units the examples of each privacy unit, at least one, in the order the sampler numbers
   *     them. A sampled unit contributes one example, its rows taking turns from step to step: so
   *     what is bounded, and guaranteed, is the contribution of a unit, however many rows it has
   * @param physical examples run at once; changes nothing but memory and time
   * @param expectedBatchSize the public number that sums are divided by
   * @param workers run the micro-batches; how many there are changes nothing but time
   */
  public PrivateGradients(
      Trainable trainable,
      List<List<TokenizedExample>> units,
      PhysicalBatch physical,
      PoissonSampler sampler,
      Clipping clipping,
      GaussianMechanism mechanism,
      Ledger ledger,
      double expectedBatchSize,
      Workers workers) {
    this.trainable = trainable;
    this.units = units;
    this.physical = physical;
    this.sampler = sampler;
    this.clipping = clipping;
    this.mechanism = mechanism;
    this.ledger = ledger;
    this.expectedBatchSize = expectedBatchSize;
    this.workers = workers;
  }

  @Override
  public Step next(int step) {
    PoissonBatch batch = sampler.next();
    GradientAccumulator sum = batch.accumulator(clipping, trainable.values().length);
    List<Supplier<BatchStatistics>> tasks = new ArrayList<>();
    for (List<Integer> some : microBatches(batch.indices(), step)) {
      tasks.add(
          () -> physical.run(some, part -> add(sum, part, step), BatchStatistics::plus));
    }
    BatchStatistics statistics =
        workers.run(tasks).stream().reduce(BatchStatistics.EMPTY, BatchStatistics::plus);
    return new Step(
        mechanism.release(sum.finish()).mean(expectedBatchSize), ledger.epsilonSpent(), statistics);
  }

  /** Units of similar length together, so that little is padding. */
  private List<List<Integer>> microBatches(int[] sampled, int step) {
    List<Integer> order =
        Arrays.stream(sampled)
            .boxed()
            .sorted(Comparator.comparing(unit -> example(unit, step).ids().length))
            .toList();
    return MicroBatch.cut(order, physical.size());
  }

  private TokenizedExample example(int unit, int step) {
    List<TokenizedExample> rows = units.get(unit);
    return rows.get(step % rows.size());
  }

  private BatchStatistics add(GradientAccumulator sum, List<Integer> some, int step) {
    try (Scope scope = new Scope()) {
      Decoder decoder = trainable.decoder(Workers.current());
      MicroBatch micro =
          MicroBatch.of(scope, some.stream().map(unit -> example(unit, step)).toList(), decoder);
      Trainable.Gradients found = trainable.gradients(scope, micro, true);
      EngineGradients gradients = new EngineGradients(decoder, scope, found.parts(), micro.count());
      sum.add(some.stream().mapToInt(Integer::intValue).toArray(), gradients);
      return BatchStatistics.EMPTY.plus(micro.tokens(), found.losses(), clipped(gradients));
    }
  }

  private int clipped(EngineGradients gradients) {
    int count = 0;
    for (boolean clipped : clipping.clipped(gradients.squaredNorms())) {
      count += clipped ? 1 : 0;
    }
    return count;
  }
}
