package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.Clipping;
import java.util.List;
import java.util.function.Function;

/**
 * Clipped gradients of examples, and how far they point along a direction, such as a released sum.
 *
 * @param trainable at whose values gradients are taken, without dropout
 * @param atOnce examples in the model at a time
 */
@Internal
public record GradientScores(Trainable trainable, Clipping clipping, int atOnce) {

  /**
   * ⟨clip(gᵢ), u⟩ of each example; 0 where its gradient is not finite.
   *
   * @param direction u [P], in the order of the trained values
   */
  public double[] along(float[] direction, List<TokenizedExample> examples) {
    double[] scores = new double[examples.size()];
    int at = 0;
    for (List<TokenizedExample> some : MicroBatch.cut(examples, atOnce)) {
      double[] found = with(some, gradients -> weighted(gradients, gradients.along(direction)));
      System.arraycopy(found, 0, scores, at, found.length);
      at += found.length;
    }
    return scores;
  }

  /**
   * A direction less its part along the mean clipped gradient of the first examples, as many as go
   * at once: what all of them have in common tells none of them apart.
   */
  public float[] withoutShared(float[] direction, List<TokenizedExample> examples) {
    double[] shared = with(examples.subList(0, Math.min(atOnce, examples.size())), this::sum);
    double product = 0;
    double square = 0;
    for (int i = 0; i < shared.length; i++) {
      product += shared[i] * direction[i];
      square += shared[i] * shared[i];
    }
    float[] rest = direction.clone();
    for (int i = 0; square > 0 && i < rest.length; i++) {
      rest[i] -= (float) (product / square * shared[i]);
    }
    return rest;
  }

  private <R> R with(List<TokenizedExample> some, Function<EngineGradients, R> work) {
    Decoder decoder = trainable.decoder(0);
    try (Scope scope = new Scope()) {
      MicroBatch micro = MicroBatch.of(scope, some, decoder);
      Trainable.Gradients found = trainable.gradients(scope, micro, true);
      return work.apply(new EngineGradients(decoder.device(), scope, found, some.size()));
    }
  }

  /** Σᵢ clip(gᵢ), in units of 2⁻³⁰ C. */
  private double[] sum(EngineGradients gradients) {
    double[][] weights = clipping.weights(gradients.squaredNorms());
    for (double[] group : weights) {
      for (int i = 0; i < group.length; i++) {
        group[i] *= 0x1p30 / clipping.clipNorm();
      }
    }
    return gradients.wholeSum(weights);
  }

  /** Σ_g w_g·p_g of each example over its groups; a weight of 0 silences even NaN. */
  private double[] weighted(EngineGradients gradients, double[][] products) {
    double[][] weights = clipping.weights(gradients.squaredNorms());
    double[] sums = new double[gradients.count()];
    for (int g = 0; g < weights.length; g++) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += weights[g][i] == 0 ? 0 : weights[g][i] * products[g][i];
      }
    }
    return sums;
  }
}
