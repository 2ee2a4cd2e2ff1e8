package dev.reticent.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.privacy.disclosure.RunFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Writes a Hugging Face model folder that differs from another one in its weights: {@code
 * config.json} with the new type, and as they are the files of which the catalogue says that they
 * come with a base model: tokenizer, chat template, generation settings, terms. Whatever else is in
 * the folder, such as another format's index or an earlier run's statement, says nothing of these
 * weights.
 */
public final class ModelFolderWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

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
    json.remove("auto_map"); // names Python files of the base's folder
    Files.writeString(folder.resolve("config.json"), json.toPrettyString() + "\n");
    try (Stream<Path> files = Files.list(base)) {
      for (Path file : new TreeSet<>(files.filter(Files::isRegularFile).toList())) {
        String name = String.valueOf(file.getFileName());
        if (RunFile.of(name).filter(RunFile::ofBase).isPresent()) {
          // As a stream, so that the copy has the permissions of a new file and not the source's.
          try (InputStream in = Files.newInputStream(file)) {
            Files.copy(in, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
          }
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
