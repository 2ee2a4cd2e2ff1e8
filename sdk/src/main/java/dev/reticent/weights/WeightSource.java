package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import java.util.List;

/** Where a decoder's weights come from; the caller owns what it is given. */
@Internal
public interface WeightSource {

  /** A norm or a bias, in fp32. */
  Tensor vector(TensorSpec spec, ComputeDevice device);

  /**
   * Data, scale and extra of a linear module, quantized where that was asked for.
   *
   * @param parts how many matrices it is, one below the other
   */
  List<Tensor> matrix(TensorSpec spec, int parts, ComputeDevice device);

  /** A matrix that is never quantized: embedding table, output matrix. */
  Tensor computed(TensorSpec spec, ComputeDevice device);
}
