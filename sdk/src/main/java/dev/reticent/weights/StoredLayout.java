package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.format.ModelFolderWriter;
import dev.reticent.format.StoredTensor;
import dev.reticent.format.TensorSpec;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Writes a model's tensors as its checkpoints hold them: some with rows for columns. */
@Internal
public final class StoredLayout {

  private final Set<String> transposed;
  private final ExpertTensors experts;

  public StoredLayout(TensorNames names) {
    this.transposed = names.transposed();
    this.experts = new ExpertTensors(names.config());
  }

  /**
   * Adds the matrices of a layer's experts, given as the model has them.
   *
   * @param change what is done to some rows before they are written
   * @return whether the name is of such
   */
  public boolean addExperts(
      ModelFolderWriter writer, TensorSpec spec, StoredTensor values, RowChange change) {
    return experts.add(writer, spec, values, change);
  }

  /** Changes rows of a matrix in place. */
  @FunctionalInterface
  public interface RowChange {
    /**
     * @param rows some whole rows, one after another
     * @param first the number of the first of them
     */
    void apply(float[] rows, int first);
  }

  /** Adds a tensor, given as the model has it. */
  public void add(ModelFolderWriter writer, TensorSpec spec, Supplier<float[]> values) {
    if (transposed.contains(spec.name())) {
      List<Long> shape = List.of(spec.shape().get(1), spec.shape().get(0));
      int rows = Math.toIntExact(spec.shape().get(0));
      int columns = Math.toIntExact(spec.shape().get(1));
      writer.add(new TensorSpec(spec.name(), shape), () -> turned(values.get(), rows, columns));
    } else {
      writer.add(spec, values);
    }
  }

  /** A matrix [rows, columns] as [columns, rows]. */
  static float[] turned(float[] weights, int rows, int columns) {
    float[] turned = new float[weights.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = weights[i * columns + j];
      }
    }
    return turned;
  }
}
