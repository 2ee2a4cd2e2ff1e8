package dev.reticent.recipe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.model.Dtype;
import dev.reticent.model.ModelConfig;
import dev.reticent.model.ModelFolderWriter;
import dev.reticent.model.TensorNames;
import dev.reticent.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A larger model that nobody trained, with the tokenizer of the embedded one: 8 layers of width
 * 512, 25 million weights, fp32.
 */
final class RandomModel {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RandomModel() {}

  /** Writes it into a new folder. */
  static Path folder() throws IOException {
    Path like = EmbeddedModel.folder();
    Path shape = Files.createTempDirectory("shape");
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(like.resolve(name), shape.resolve(name));
    }
    ObjectNode config = (ObjectNode) JSON.readTree(like.resolve("config.json").toFile());
    config.put("hidden_size", 512).put("intermediate_size", 1408).put("num_hidden_layers", 8);
    config.put("num_attention_heads", 8).put("num_key_value_heads", 4).put("head_dim", 64);
    Files.writeString(shape.resolve("config.json"), config.toString());
    ModelFolderWriter writer = new ModelFolderWriter(shape, Dtype.F32);
    for (TensorSpec spec : new TensorNames(ModelConfig.read(shape)).all()) {
      writer.add(spec, () -> values(spec));
    }
    Path folder = Files.createTempDirectory("random-model");
    writer.write(folder, 1L << 30);
    return folder;
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
