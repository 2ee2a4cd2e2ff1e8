package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.format.ModelFolderWriter;
import dev.reticent.format.TensorSpec;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Writes a model's tensors as its checkpoints hold them: some with rows for columns. */
@Internal
public final class StoredLayout {

  private final Set<String> transposed;

  public StoredLayout(TensorNames names) {
    this.transposed = names.transposed();
  }

  /** Adds a tensor, given as the model has it. */
  public void add(ModelFolderWriter writer, TensorSpec spec, Supplier<float[]> values) {
    if (transposed.contains(spec.name())) {
      List<Long> shape = List.of(spec.shape().get(1), spec.shape().get(0));
      writer.add(new TensorSpec(spec.name(), shape), () -> turned(values.get(), spec));
    } else {
      writer.add(spec, values);
    }
  }

  private static float[] turned(float[] weights, TensorSpec spec) {
    int rows = Math.toIntExact(spec.shape().get(0));
    int columns = Math.toIntExact(spec.shape().get(1));
    float[] turned = new float[weights.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = weights[i * columns + j];
      }
    }
    return turned;
  }
}
