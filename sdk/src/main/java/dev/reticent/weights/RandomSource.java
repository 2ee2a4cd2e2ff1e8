package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Weights that nobody trained, to measure what a model of a shape takes: matrices uniform on
 * ±√(3/in), so that signals keep their size; vectors of ones.
 */
@Internal
public record RandomSource(DecoderOptions options, Program program) implements WeightSource {

  @Override
  public Tensor vector(TensorSpec spec, ComputeDevice device) {
    float[] ones = new float[Math.toIntExact(spec.elements())];
    Arrays.fill(ones, 1);
    return Tensor.of(device, ones, ones.length);
  }

  @Override
  public List<Tensor> matrix(TensorSpec spec, int parts, ComputeDevice device) {
    Quantization kind = options.quantization();
    if (kind == Quantization.NONE) {
      return List.of(computed(spec, device), Tensor.absent(device), Tensor.absent(device));
    }
    float[] values = values(spec);
    int count = values.length / parts;
    return QuantizedBytes.of(
            kind,
            spec.name(),
            rows(spec),
            columns(spec),
            parts,
            i -> QuantizedBytes.all(Arrays.copyOfRange(values, i * count, (i + 1) * count)))
        .tensors(device);
  }

  @Override
  public Tensor computed(TensorSpec spec, ComputeDevice device) {
    Tensor full = Tensor.of(device, values(spec), rows(spec), columns(spec));
    if (options.compute() == ComputeType.FLOAT32) {
      return full;
    }
    try (Scope scope = new Scope()) {
      return scope.release(program.call(scope, "bfloat16", scope.own(full)).get(0));
    }
  }

  /** The values of a matrix: the same for the same name and shape. */
  public static float[] values(TensorSpec spec) {
    SplittableRandom random = new SplittableRandom(spec.name().hashCode());
    float[] values = new float[Math.toIntExact(spec.elements())];
    double bound = Math.sqrt(3.0 / columns(spec));
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
    return values;
  }

  private static int rows(TensorSpec spec) {
    return Math.toIntExact(spec.shape().get(0));
  }

  private static int columns(TensorSpec spec) {
    return Math.toIntExact(spec.shape().get(1));
  }
}
