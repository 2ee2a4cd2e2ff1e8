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
import java.util.List;

/**
 * Differentially private gradients: a Poisson batch, cut into micro-batches, each example's
 * gradient clipped, summed, noised and divided by the expected batch size.
 */
public final class PrivateGradients implements GradientSource {

  private final Decoder decoder;
  private final Trainable trainable;
  private final List<List<TokenizedExample>> units;
  private final int physicalBatchSize;
  private final PoissonSampler sampler;
  private final Clipping clipping;
  private final GaussianMechanism mechanism;
  private final Ledger ledger;
  private final double expectedBatchSize;

  /**
   * @param units the examples of each privacy unit, at least one, in the order the sampler numbers
   *     them. A sampled unit contributes one example, its rows taking turns from step to step: so
   *     what is bounded, and guaranteed, is the contribution of a unit, however many rows it has
   * @param physicalBatchSize examples run at once; changes nothing but memory and time
   * @param expectedBatchSize the public number that sums are divided by
   */
  public PrivateGradients(
      Decoder decoder,
      Trainable trainable,
      List<List<TokenizedExample>> units,
      int physicalBatchSize,
      PoissonSampler sampler,
      Clipping clipping,
      GaussianMechanism mechanism,
      Ledger ledger,
      double expectedBatchSize) {
    this.decoder = decoder;
    this.trainable = trainable;
    this.units = units;
    this.physicalBatchSize = physicalBatchSize;
    this.sampler = sampler;
    this.clipping = clipping;
    this.mechanism = mechanism;
    this.ledger = ledger;
    this.expectedBatchSize = expectedBatchSize;
  }

  @Override
  public Step next(int step) {
    PoissonBatch batch = sampler.next();
    GradientAccumulator sum = batch.accumulator(clipping, trainable.values().length);
    BatchStatistics statistics = BatchStatistics.EMPTY;
    int[] sampled = batch.indices();
    for (int start = 0; start < sampled.length; start += physicalBatchSize) {
      int[] some =
          Arrays.copyOfRange(sampled, start, Math.min(sampled.length, start + physicalBatchSize));
      List<TokenizedExample> chosen = new ArrayList<>();
      for (int unit : some) {
        List<TokenizedExample> rows = units.get(unit);
        chosen.add(rows.get(step % rows.size()));
      }
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.of(scope, chosen, decoder);
        Trainable.Gradients found = trainable.gradients(scope, micro, true);
        EngineGradients gradients =
            new EngineGradients(decoder, scope, found.parts(), micro.count());
        sum.add(some, gradients);
        statistics = statistics.plus(micro.tokens(), found.losses(), clipped(gradients));
      }
    }
    return new Step(
        mechanism.release(sum.finish()).mean(expectedBatchSize), ledger.epsilonSpent(), statistics);
  }

  private int clipped(EngineGradients gradients) {
    int count = 0;
    for (boolean clipped : clipping.clipped(gradients.squaredNorms())) {
      count += clipped ? 1 : 0;
    }
    return count;
  }
}
