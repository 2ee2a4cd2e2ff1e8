package dev.reticent.recipe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.format.Dtype;
import dev.reticent.format.ModelFolderWriter;
import dev.reticent.format.TensorSpec;
import dev.reticent.settings.EmbeddedModel;
import dev.reticent.weights.TensorNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A larger model that nobody trained, with the tokenizer of the embedded one: 8 layers of width
 * 512, fp32.
 *
 * <pre>
 * java -cp … dev.reticent.recipe.RandomModel FOLDER
 * </pre>
 */
public final class RandomModel {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RandomModel() {}

  /** Writes it into a folder. */
  public static void main(String[] args) throws IOException {
    Path like = EmbeddedModel.folder();
    ObjectNode config = (ObjectNode) JSON.readTree(like.resolve("config.json").toFile());
    config.put("hidden_size", 512).put("intermediate_size", 1408).put("num_hidden_layers", 8);
    config.put("num_attention_heads", 8).put("num_key_value_heads", 4).put("head_dim", 64);
    write(Path.of(args[0]), config.toString(), like);
  }

  /** Writes the model of a config, with the tokenizer of the model in another folder. */
  public static void write(Path folder, String config, Path like) throws IOException {
    Files.createDirectories(folder);
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(like.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.writeString(folder.resolve("config.json"), config);
    ModelFolderWriter writer = new ModelFolderWriter(folder, Dtype.F32);
    for (TensorSpec spec : new TensorNames(ModelConfig.read(folder)).all()) {
      writer.add(spec, () -> values(spec));
    }
    writer.write(folder, 1L << 30);
  }

  /** Matrices uniform on ±√(3/in), so that signals keep their size; vectors of ones. */
  private static float[] values(TensorSpec spec) {
    float[] values = new float[Math.toIntExact(spec.elements())];
    Arrays.fill(values, 1);
    if (spec.shape().size() == 2) {
      SplittableRandom random = new SplittableRandom(spec.name().hashCode());
      double bound = Math.sqrt(3.0 / spec.shape().get(1));
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
      }
    }
    return values;
  }
}
