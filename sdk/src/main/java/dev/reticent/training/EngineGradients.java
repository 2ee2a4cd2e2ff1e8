package dev.reticent.training;

import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.PerExampleGradients;
import java.util.Arrays;
import java.util.List;

/**
 * Per-example gradients on a device: for each group, a group being a layer or the head, a tensor
 * [B,P_j] for each of its matrices, or none where it has nothing to train. Lives as long as its
 * scope.
 */
final class EngineGradients implements PerExampleGradients {

  private final Decoder decoder;
  private final Scope scope;
  private final List<List<Tensor>> parts;
  private final double[] losses;
  private final int count;
  private final int rows;
  private final double[][] squaredNorms;

  /**
   * @param count how many of the rows hold an example, from the first on; others count for nothing
   */
  EngineGradients(Decoder decoder, Scope scope, Trainable.Gradients found, int count) {
    this.decoder = decoder;
    this.scope = scope;
    this.parts = found.groups();
    this.losses = Arrays.copyOf(found.losses(), count);
    this.rows = found.losses().length;
    this.count = count;
    this.squaredNorms = new double[parts.size()][];
    for (int g = 0; g < squaredNorms.length; g++) {
      squaredNorms[g] =
          parts.get(g).isEmpty()
              ? new double[count]
              : Arrays.copyOf(decoder.squaredNorms(scope, parts.get(g)).toDoubles(), count);
    }
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int dimension() {
    long sum = 0;
    for (List<Tensor> group : parts) {
      for (Tensor part : group) {
        sum += part.shape()[1];
      }
    }
    return Math.toIntExact(sum);
  }

  @Override
  public int groups() {
    return parts.size();
  }

  @Override
  public double[][] squaredNorms() {
    return squaredNorms;
  }

  @Override
  public double[] losses() {
    return losses;
  }

  @Override
  public double[] wholeSum(double[][] weights) {
    double[] sum = new double[dimension()];
    int at = 0;
    for (int g = 0; g < parts.size(); g++) {
      if (!parts.get(g).isEmpty()) {
        double[] ofRows = Arrays.copyOf(weights[g], rows);
        Tensor rowWeights = scope.own(Tensor.of(decoder.device(), ofRows, rows));
        for (Tensor part : decoder.wholeSums(scope, parts.get(g), rowWeights)) {
          at = part.copyTo(sum, at);
          scope.free(part);
        }
      }
    }
    return sum;
  }
}
