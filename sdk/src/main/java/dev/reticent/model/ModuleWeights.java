package dev.reticent.model;

import dev.reticent.api.Internal;
import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.weights.DecoderWeights;
import dev.reticent.weights.LayerLease;

/**
 * What a decoder's modules hold themselves, for adapters that are told in relation to it: DoRA's
 * norms, matrices and biases that were saved whole.
 */
@Internal
public final class ModuleWeights {

  private final ModelConfig config;
  private final Program program;
  private final DecoderWeights weights;
  private final Tensor like;

  ModuleWeights(ModelConfig config, Program program, DecoderWeights weights, Tensor like) {
    this.config = config;
    this.program = program;
    this.weights = weights;
    this.like = like;
  }

  /**
   * One over the norm of each row of W + s·B A [out], which DoRA divides by.
   *
   * @param layer the number of layers for the output matrix
   * @param projection in the order of {@link dev.reticent.architecture.Projection#of}
   */
  public float[] overNorms(int layer, int projection, Tensor a, Tensor b, Tensor scale) {
    try (Scope scope = new Scope();
        LayerLease own = lease(layer)) {
      int at = place(layer, projection);
      return one(scope, "over_norms", own.tensors(), at, a, b, scale, like).toFloats();
    }
  }

  /** A matrix [out,in] less the one that a module holds; it belongs to whoever asks. */
  public Tensor change(int layer, int projection, Tensor matrix) {
    try (Scope scope = new Scope();
        LayerLease own = lease(layer)) {
      int at = place(layer, projection);
      return scope.release(one(scope, "change", matrix, own.tensors(), at, like));
    }
  }

  /** A bias [out] less the one that a module has; it belongs to whoever asks. */
  public Tensor biasChange(int layer, int projection, Tensor bias) {
    try (Scope scope = new Scope();
        LayerLease own = lease(layer)) {
      int at = place(layer, projection);
      return scope.release(one(scope, "bias_change", bias, own.tensors(), at));
    }
  }

  private Tensor one(Scope scope, String method, Object... arguments) {
    return program.call(scope, method, arguments).get(0);
  }

  private LayerLease lease(int layer) {
    return layer == config.layers()
        ? new LayerLease(weights.head(), () -> {})
        : weights.layer(layer, layer + 1);
  }

  private int place(int layer, int projection) {
    LayerLayout layout = new LayerLayout(config);
    return layer == config.layers() ? layout.outputMatrix() : layout.module(0, projection);
  }
}
