package dev.reticent.lora;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Dtype;
import dev.reticent.model.ModelConfig;
import dev.reticent.model.Projection;
import dev.reticent.model.Safetensors;
import dev.reticent.model.ShardedWriter;
import dev.reticent.model.StoredTensor;
import dev.reticent.model.TensorNames;
import dev.reticent.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A base model with an adapter merged into it, as a Hugging Face folder: W + s·B A takes the place
 * of W, computed in fp32 and rounded once.
 *
 * <p>Matrices are read, merged and written one at a time. An adapter on an output matrix that is
 * the embedding table too makes two matrices of it, and the written config says so.
 */
public final class MergedModel {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> ENDINGS = Set.of("json", "jinja", "model", "txt");
  private static final Set<String> WRITTEN =
      Set.of("config.json", "model.safetensors.index.json", "adapter_config.json");

  private final ModelConfig config;
  private final Path base;
  private final Map<String, AdapterSlot> slots = new HashMap<>();
  private final float[] values;
  private final Dtype dtype;

  /**
   * @param base the base model's folder
   * @param adapter nothing to merge when empty: then the model changes its type only
   * @param dtype F32, F16 or BF16
   */
  public MergedModel(Path base, Optional<Adapter> adapter, Dtype dtype) {
    this.config = ModelConfig.read(base);
    this.base = base;
    this.dtype = dtype;
    this.values = adapter.map(Adapter::values).orElse(new float[0]);
    TensorNames names = new TensorNames(config);
    for (AdapterSlot slot :
        adapter.map(a -> a.layout().slots()).orElse(List.<AdapterSlot>of())) {
      slots.put(
          slot.projection() == Projection.HEAD
              ? "lm_head.weight"
              : names.weight(slot.layer(), slot.projection()).name(),
          slot);
    }
  }

  /**
   * Writes the folder's weights, config and tokenizer.
   *
   * @param folder must be there
   * @param shardBytes the size from which weights go into several files
   * @throws UserInputException when a weight is too large for the type
   */
  public void write(Path folder, long shardBytes) throws IOException {
    boolean untie = config.tiedEmbeddings() && slots.containsKey("lm_head.weight");
    TensorNames names = new TensorNames(config);
    try (Safetensors source = Safetensors.open(base)) {
      names.check(source);
      ShardedWriter writer = new ShardedWriter(shardBytes);
      for (TensorSpec spec : names.all()) {
        add(writer, spec.name(), source.tensor(spec.name()));
      }
      if (untie) {
        add(writer, "lm_head.weight", source.tensor(names.embedding().name()));
      }
      writer.write(folder);
    }
    ObjectNode json = (ObjectNode) JSON.readTree(base.resolve("config.json").toFile());
    if (untie) {
      json.put("tie_word_embeddings", false);
    }
    json.put("torch_dtype", torchName()); // read by every release of transformers
    json.remove("dtype");
    Files.writeString(folder.resolve("config.json"), json.toPrettyString() + "\n");
    copyOthers(folder);
  }

  private void add(ShardedWriter writer, String name, StoredTensor tensor) {
    writer.add(name, dtype, tensor.shape(), () -> merged(name, tensor));
  }

  private float[] merged(String name, StoredTensor tensor) {
    float[] weights = tensor.floats();
    Optional.ofNullable(slots.get(name)).ifPresent(slot -> merge(weights, slot));
    return weights;
  }

  private void merge(float[] weights, AdapterSlot slot) {
    int in = slot.in();
    float scale = (float) slot.scale();
    IntStream.range(0, slot.out())
        .parallel()
        .forEach(
            row -> {
              float[] change = new float[in];
              for (int k = 0; k < slot.rank(); k++) {
                float b = values[slot.startB() + row * slot.rank() + k];
                int a = slot.startA() + k * in;
                for (int j = 0; j < in; j++) {
                  change[j] += b * values[a + j];
                }
              }
              int at = row * in;
              for (int j = 0; j < in; j++) {
                weights[at + j] += scale * change[j];
              }
            });
  }

  private String torchName() {
    return switch (dtype) {
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      default -> throw new IllegalArgumentException("not a type of weights: " + dtype);
    };
  }

  /** Tokenizer, chat template, generation settings and the like. */
  private void copyOthers(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(base)) {
      for (Path file : new TreeSet<>(files.filter(Files::isRegularFile).toList())) {
        String name = String.valueOf(file.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1);
        if (ENDINGS.contains(ending) && !WRITTEN.contains(name)) {
          Files.copy(file, folder.resolve(name));
        }
      }
    }
  }
}
