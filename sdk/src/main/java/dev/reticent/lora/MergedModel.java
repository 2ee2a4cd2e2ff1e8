package dev.reticent.lora;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Dtype;
import dev.reticent.format.ModelFolderWriter;
import dev.reticent.format.Safetensors;
import dev.reticent.format.StoredTensor;
import dev.reticent.format.TensorSpec;
import dev.reticent.format.TensorsWritten;
import dev.reticent.weights.StoredLayout;
import dev.reticent.weights.TensorNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A base model with an adapter merged into it, as a Hugging Face folder: W + s·B A takes the place
 * of W, its rows brought to DoRA's magnitudes where there are such, computed in fp32 and rounded
 * once; what the adapter saved whole takes the place of what it was.
 *
 * <p>Matrices are read, merged and written one at a time. An adapter on an output matrix that is
 * the embedding table too makes two matrices of it, and the written config says so.
 */
@Internal
public final class MergedModel {
  private final ModelConfig config;
  private final String head;
  private final Path base;
  private final Map<String, AdapterSlot> slots = new HashMap<>();
  private final Map<String, SavedTensor> saved = new HashMap<>();
  private final float[] values;
  private final Dtype dtype;

  /**
   * @param base the base model's folder
   * @param adapter nothing to merge when empty: then the model changes its type only
   * @param dtype F32, F16 or BF16
   */
  public MergedModel(Path base, Optional<Adapter> adapter, Dtype dtype) {
    this.config = ModelConfig.read(base);
    this.head = config.paths().head() + ".weight";
    this.base = base;
    this.dtype = dtype;
    this.values = adapter.map(Adapter::values).orElse(new float[0]);
    TensorNames names = new TensorNames(config);
    for (AdapterSlot slot : adapter.map(a -> a.layout().slots()).orElse(List.<AdapterSlot>of())) {
      slots.put(
          slot.projection() == Projection.HEAD
              ? head
              : names.weight(slot.layer(), slot.projection()).name(),
          slot);
    }
    for (SavedTensor tensor : adapter.map(Adapter::saved).orElse(List.of())) {
      saved.put(nameOf(tensor, names), tensor);
    }
  }

  private String nameOf(SavedTensor tensor, TensorNames names) {
    boolean ofHead = tensor.projection() == Projection.HEAD;
    return switch (tensor.kind()) {
      case EMBEDDING -> names.embedding().name();
      case WEIGHT -> ofHead ? head : names.weight(tensor.layer(), tensor.projection()).name();
      case BIAS ->
          ofHead ? names.headBias().name() : names.bias(tensor.layer(), tensor.projection()).name();
    };
  }

  /** Whether the output matrix is another one than the embedding table from here on. */
  private boolean parts() {
    return slots.containsKey(head)
        || saved.containsKey(head)
        || saved.containsKey(new TensorNames(config).embedding().name());
  }

  /**
   * Writes the folder's weights, config and tokenizer.
   *
   * @param folder must be there
   * @param shardBytes the size from which weights go into several files
   * @throws UserInputException when a weight is too large for the type
   */
  public void write(Path folder, long shardBytes, TensorsWritten listener) throws IOException {
    TensorNames names = new TensorNames(config);
    StoredLayout stored = new StoredLayout(names);
    try (Safetensors source = names.open(base)) {
      ModelFolderWriter writer = new ModelFolderWriter(base, dtype, listener);
      for (TensorSpec spec : names.all()) {
        StoredTensor tensor = source.tensor(spec.name());
        Optional<AdapterSlot> slot = Optional.ofNullable(slots.get(spec.name()));
        StoredLayout.RowChange change =
            (rows, first) -> slot.ifPresent(own -> merge(rows, first, own));
        if (!stored.addExperts(writer, spec, tensor, change)) {
          stored.add(writer, spec, () -> merged(spec.name(), tensor));
        }
      }
      addOthers(writer, source);
      if (config.tiedEmbeddings() && parts()) {
        StoredTensor table = source.tensor(names.embedding().name());
        writer.add(new TensorSpec(head, table.shape()), () -> merged(head, table));
        writer.untie();
      }
      writer.write(folder, shardBytes);
    }
  }

  /** Parts of a model that is more than its text part stay as they are. */
  private void addOthers(ModelFolderWriter writer, Safetensors source) {
    Set<String> own = new HashSet<>();
    new TensorNames(config).all().forEach(spec -> own.add(spec.name()));
    for (String name : source.names()) {
      boolean scales = name.endsWith("_scale") || name.endsWith("_scale_inv");
      boolean tiedCopy = name.equals(config.paths().head() + ".weight");
      if (!own.contains(name) && !scales && !tiedCopy && isFloating(source.tensor(name))) {
        StoredTensor tensor = source.tensor(name);
        writer.add(new TensorSpec(name, tensor.shape()), tensor::floats);
      }
    }
  }

  private static boolean isFloating(StoredTensor tensor) {
    return switch (tensor.dtype()) {
      case F64, F32, F16, BF16, F8_E4M3 -> true;
      default -> false;
    };
  }

  private float[] merged(String name, StoredTensor tensor) {
    if (saved.containsKey(name)) {
      return saved.get(name).values();
    }
    float[] weights = tensor.floats();
    Optional.ofNullable(slots.get(name)).ifPresent(slot -> merge(weights, 0, slot));
    return weights;
  }

  /** Merges some rows of a matrix, the first of which has a number; each expert has its own A. */
  private void merge(float[] weights, int first, AdapterSlot slot) {
    int in = slot.in();
    float scale = (float) slot.scale();
    int rowsOfExpert = slot.out() / slot.parts();
    IntStream.range(0, weights.length / in)
        .parallel()
        .forEach(
            row -> {
              float[] change = new float[in];
              int expert = (first + row) / rowsOfExpert;
              for (int k = 0; k < slot.rank(); k++) {
                float b = values[slot.startB() + (first + row) * slot.rank() + k];
                int a = slot.startA() + (expert * slot.rank() + k) * in;
                for (int j = 0; j < in; j++) {
                  change[j] += b * values[a + j];
                }
              }
              int at = row * in;
              for (int j = 0; j < in; j++) {
                weights[at + j] += scale * change[j];
              }
              if (slot.dora()) {
                rescale(weights, at, in, values[slot.startM() + row]);
              }
            });
  }

  /** Brings a row to a magnitude. */
  private static void rescale(float[] weights, int start, int length, float magnitude) {
    double squares = 0;
    for (int j = start; j < start + length; j++) {
      squares += (double) weights[j] * weights[j];
    }
    double factor = magnitude / Math.sqrt(squares);
    for (int j = start; j < start + length; j++) {
      weights[j] = (float) (weights[j] * factor);
    }
  }
}
