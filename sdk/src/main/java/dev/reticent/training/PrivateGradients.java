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
  private final List<TokenizedExample> examples;
  private final int physicalBatchSize;
  private final PoissonSampler sampler;
  private final Clipping clipping;
  private final GaussianMechanism mechanism;
  private final Ledger ledger;
  private final double expectedBatchSize;

  /**
   * @param examples one for each privacy unit, in the order the sampler numbers them
   * @param physicalBatchSize examples run at once; changes nothing but memory and time
   * @param expectedBatchSize the public number that sums are divided by
   */
  public PrivateGradients(
      Decoder decoder,
      Trainable trainable,
      List<TokenizedExample> examples,
      int physicalBatchSize,
      PoissonSampler sampler,
      Clipping clipping,
      GaussianMechanism mechanism,
      Ledger ledger,
      double expectedBatchSize) {
    this.decoder = decoder;
    this.trainable = trainable;
    this.examples = examples;
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
    int[] units = batch.indices();
    for (int start = 0; start < units.length; start += physicalBatchSize) {
      int[] some =
          Arrays.copyOfRange(units, start, Math.min(units.length, start + physicalBatchSize));
      List<TokenizedExample> chosen = new ArrayList<>();
      for (int unit : some) {
        chosen.add(examples.get(unit));
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
    double[][] norms = gradients.squaredNorms();
    double bound = clipping.clipNorm() * clipping.clipNorm();
    int count = 0;
    for (int i = 0; i < gradients.count(); i++) {
      double norm = 0;
      for (double[] group : norms) {
        norm += group[i];
      }
      count += norm > bound ? 1 : 0;
    }
    return count;
  }
}
