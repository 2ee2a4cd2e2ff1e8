package dev.reticent.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Writes a Hugging Face model folder that differs from another one in its weights: {@code
 * config.json} with the new type, and tokenizer, chat template and generation settings as they are.
 */
public final class ModelFolderWriter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> ENDINGS = Set.of("json", "jinja", "model", "txt");
  private static final Set<String> OWN =
      Set.of("config.json", "model.safetensors.index.json", "adapter_config.json");

  private final Path base;
  private final Dtype dtype;
  private final ShardedWriter weights;
  private boolean untied;

  /**
   * @param base the folder to be like
   * @param dtype the type of all weights: F32, F16 or BF16
   */
  public ModelFolderWriter(Path base, Dtype dtype) {
    this(base, dtype, (done, total) -> {});
  }

  /**
   * A writer that tells how far it is.
   *
   * @param base the folder to be like
   * @param dtype the type of all weights: F32, F16 or BF16
   */
  public ModelFolderWriter(Path base, Dtype dtype, TensorsWritten listener) {
    this.base = base;
    this.dtype = dtype;
    this.weights = new ShardedWriter(listener);
  }

  /** Adds a tensor whose values are produced when its turn comes. */
  public void add(TensorSpec spec, Supplier<float[]> values) {
    add(spec, List.of(values));
  }

  /** Adds a tensor whose values are produced part by part. */
  public void add(TensorSpec spec, List<Supplier<float[]>> parts) {
    weights.add(spec.name(), dtype, spec.shape(), parts);
  }

  /** The output matrix is no longer the embedding table. */
  public void untie() {
    untied = true;
  }

  /**
   * Writes all files.
   *
   * @param folder must be there
   * @param shardBytes a weight file holds no more than this, or one tensor
   * @throws dev.reticent.config.UserInputException when a weight is too large for the type
   */
  public void write(Path folder, long shardBytes) throws IOException {
    weights.write(folder, shardBytes);
    ObjectNode json = (ObjectNode) JSON.readTree(base.resolve("config.json").toFile());
    if (untied) {
      json.put("tie_word_embeddings", false);
    }
    json.put("torch_dtype", torchName()); // read by every release of transformers
    json.remove("dtype");
    json.remove("quantization_config"); // what is written is not quantized
    Files.writeString(folder.resolve("config.json"), json.toPrettyString() + "\n");
    try (Stream<Path> files = Files.list(base)) {
      for (Path file : new TreeSet<>(files.filter(Files::isRegularFile).toList())) {
        String name = String.valueOf(file.getFileName());
        if (ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1)) && !OWN.contains(name)) {
          Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private String torchName() {
    return switch (dtype) {
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      default -> throw new IllegalArgumentException("not a type of weights: " + dtype);
    };
  }
}
