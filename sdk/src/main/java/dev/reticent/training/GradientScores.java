package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.Clipping;
import java.util.List;

/** How far the clipped gradients of examples point along a direction, such as a released sum. */
@Internal
public final class GradientScores {

  private GradientScores() {}

  /**
   * ⟨clip(gᵢ), u⟩ of each example; 0 where its gradient is not finite.
   *
   * @param direction u [P], in the order of the trained values
   * @param trainable at whose values gradients are taken, without dropout
   * @param atOnce examples in the model at a time
   */
  public static double[] along(
      float[] direction,
      Trainable trainable,
      List<TokenizedExample> examples,
      Clipping clipping,
      int atOnce) {
    Decoder decoder = trainable.decoder(0);
    double[] scores = new double[examples.size()];
    int at = 0;
    for (List<TokenizedExample> some : MicroBatch.cut(examples, atOnce)) {
      try (Scope scope = new Scope()) {
        MicroBatch micro = MicroBatch.of(scope, some, decoder);
        Trainable.Gradients found = trainable.gradients(scope, micro, true);
        EngineGradients gradients =
            new EngineGradients(decoder.device(), scope, found, some.size());
        double[][] weights = clipping.weights(gradients.squaredNorms());
        double[][] products = gradients.along(direction);
        for (int i = 0; i < some.size(); i++) {
          scores[at++] = weighted(weights, products, i);
        }
      }
    }
    return scores;
  }

  /** Σ_g w_g·p_g of an example over its groups; a weight of 0 silences even NaN. */
  private static double weighted(double[][] weights, double[][] products, int example) {
    double sum = 0;
    for (int g = 0; g < weights.length; g++) {
      double weight = weights[g][example];
      sum += weight == 0 ? 0 : weight * products[g][example];
    }
    return sum;
  }
}
