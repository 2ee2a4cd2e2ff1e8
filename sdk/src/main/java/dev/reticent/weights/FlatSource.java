package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import java.util.List;

/** Weights cut out of one flat array, in fp32: what an optimizer keeps in full fine-tuning. */
@Internal
@SuppressWarnings("ArrayRecordComponent") // a view of the optimizer's array
public record FlatSource(WeightLayout layout, float[] values) implements WeightSource {

  @Override
  public Tensor vector(TensorSpec spec, ComputeDevice device) {
    long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
    return Tensor.ofPart(
        device, values, layout.start(spec), Math.toIntExact(spec.elements()), shape);
  }

  @Override
  public List<Tensor> matrix(TensorSpec spec, int parts, ComputeDevice device) {
    return List.of(vector(spec, device), Tensor.absent(device), Tensor.absent(device));
  }

  @Override
  public Tensor computed(TensorSpec spec, ComputeDevice device) {
    return vector(spec, device);
  }
}
