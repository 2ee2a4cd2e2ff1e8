package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
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
   * @param crew at whose values gradients are taken, without dropout
   */
  public static double[] along(
      float[] direction, List<TokenizedExample> examples, Clipping clipping, Crew crew) {
    return RowScores.inOrder(
        examples.size(),
        crew.run(new ScoreWork(direction, clipping), Row.cut(Row.of(examples), crew.rowsAtOnce())));
  }

  /** The same of the examples of a micro-batch. */
  static double[] along(
      Scope scope, float[] direction, Trainable trainable, MicroBatch micro, Clipping clipping) {
    Trainable.Gradients found = trainable.gradients(scope, micro, true);
    EngineGradients gradients =
        new EngineGradients(micro.decoder().device(), scope, found, micro.count());
    double[][] weights = clipping.weights(gradients.squaredNorms());
    double[][] products = gradients.along(direction);
    double[] scores = new double[micro.count()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = weighted(weights, products, i);
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
