package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.GradientAccumulator;
import dev.reticent.privacy.NoisySum;
import dev.reticent.privacy.PoissonBatch;
import dev.reticent.privacy.PrivateCurve;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Differentially private gradients: a Poisson batch, cut into micro-batches, each example's
 * gradient clipped, summed, noised and divided by the expected batch size.
 */
public final class PrivateGradients implements GradientSource {

  private final Trainable trainable;
  private final List<List<TokenizedExample>> units;
  private final PhysicalBatch physical;
  private final Protection protection;
  private final Workers workers;
  private Clipping clipping;

  /**
   * @param units the examples of each privacy unit, at least one, in the order the sampler numbers
   *     them. A sampled unit contributes one example, its rows taking turns from step to step: so
   *     what is bounded, and guaranteed, is the contribution of a unit, however many rows it has
   * @param physical examples run at once; changes nothing but memory and time
   * @param workers run the micro-batches; how many there are changes nothing but time
   */
  public PrivateGradients(
      Trainable trainable,
      List<List<TokenizedExample>> units,
      PhysicalBatch physical,
      Protection protection,
      Workers workers) {
    this.trainable = trainable;
    this.units = units;
    this.physical = physical;
    this.protection = protection;
    this.workers = workers;
    this.clipping = protection.clipping();
  }

  @Override
  public Step next(int step) {
    PoissonBatch batch = protection.sampler().next();
    GradientAccumulator sum =
        batch.accumulator(clipping, trainable.values().length, protection.curve());
    List<Supplier<BatchStatistics>> tasks = new ArrayList<>();
    for (List<Integer> some : microBatches(batch.indices(), step)) {
      tasks.add(() -> physical.run(some, part -> add(sum, part, step), BatchStatistics::plus));
    }
    BatchStatistics statistics =
        workers.run(tasks).stream().reduce(BatchStatistics.EMPTY, BatchStatistics::plus);
    NoisySum released = protection.mechanism().release(sum.finish());
    double size = protection.expectedBatchSize();
    Optional<PrivateCurve.Estimate> curve =
        protection.curve().share() == 0 ? Optional.empty() : Optional.of(released.estimate(size));
    double divisor = size;
    if (clipping instanceof Clipping.Adaptive adaptive && curve.isPresent()) {
      // The sum is in units of C/θ; back in those of the gradients, θ may move between steps.
      divisor = size * adaptive.clipNorm() / adaptive.threshold();
      clipping = adaptive.after(curve.get());
    }
    return new Step(released.mean(divisor), protection.ledger().epsilonSpent(), statistics, curve);
  }

  @Override
  public double clipThreshold() {
    return clipping.threshold();
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
      EngineGradients gradients = new EngineGradients(decoder, scope, found);
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
