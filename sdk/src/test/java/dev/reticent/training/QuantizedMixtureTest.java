package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Nf4;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.TensorNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What 4 bits cost a mixture is what they cost its weights: it computes as a plain model does whose
 * matrices, each expert by itself, were quantized and turned back.
 */
class QuantizedMixtureTest {

  private static final int[] IDS = {1, 45, 7, 61, 8, 19, 2, 78, 5, 33, 12, 70};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mixtral", "qwen2_moe", "granitemoe"})
  void nf4IsThePlainModelOfTheWeightsItStandsFor(String name) throws IOException {
    Path model = Golden.family(name);
    ModelConfig config = ModelConfig.read(model);
    turnedBack(model, config);
    float[] quantized = logits(model, DecoderOptions.standard().with(Quantization.NF4));
    float[] plain = logits(folder, DecoderOptions.standard());
    for (int i = 0; i < plain.length; i++) {
      assertThat(quantized[i]).isCloseTo(plain[i], within(2e-4f));
    }
  }

  private static float[] logits(Path model, DecoderOptions options) {
    try (Decoder decoder = Decoder.load(model, options);
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
      return decoder.logits(IDS, none);
    }
  }

  private void turnedBack(Path model, ModelConfig config) throws IOException {
    TensorNames names = new TensorNames(config);
    Map<TensorSpec, Integer> parts = new HashMap<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.of(config)) {
        if (projection.quantizable()) {
          parts.put(names.weight(layer, projection), projection.parts(config));
        }
      }
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors files = names.open(model)) {
      for (TensorSpec spec : names.all()) {
        float[] values = files.tensor(spec.name()).floats().clone();
        if (parts.containsKey(spec)) {
          turnBack(values, parts.get(spec), Math.toIntExact(spec.shape().get(1)));
        }
        writer.addFloats(spec.name(), spec.shape(), values, 0);
      }
      writer.write(folder.resolve("model.safetensors"));
    }
    Files.copy(model.resolve("config.json"), folder.resolve("config.json"));
  }

  private static void turnBack(float[] values, int parts, int columns) {
    int each = values.length / parts;
    for (int part = 0; part < parts; part++) {
      float[] own = Arrays.copyOfRange(values, part * each, (part + 1) * each);
      float[] back = Nf4.dequantize(Nf4.quantize(own, each / columns, columns));
      System.arraycopy(back, 0, values, part * each, each);
    }
  }
}
