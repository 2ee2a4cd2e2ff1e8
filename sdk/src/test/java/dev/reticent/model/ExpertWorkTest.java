package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.format.Safetensors;
import dev.reticent.format.TensorSpec;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.TensorNames;
import dev.reticent.weights.WeightLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token costs the experts that it chose: no number of another one is as much as looked at. */
class ExpertWorkTest {

  private static final int[] TOKEN = {45};

  @ParameterizedTest
  @ValueSource(strings = {"mixtral", "qwen2_moe", "deepseek_v3", "llama4"})
  void expertsThatNobodyChoseAreNotComputed(String family) {
    Path folder = Golden.family(family);
    try (Decoder decoder = Decoder.load(folder, DecoderOptions.standard());
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device());
        Safetensors files = new TensorNames(decoder.config()).open(folder)) {
      ModelConfig config = decoder.config();
      WeightLayout layout = new WeightLayout(config);
      float[] weights = layout.read(files);
      float[] logits = decoder.logits(TOKEN, none);
      int layer = config.layers() - 1;
      long unused =
          IntStream.range(0, config.mixture().experts())
              .filter(
                  expert -> {
                    decoder.setWeights(layout, without(config, layout, weights, layer, expert));
                    return Arrays.equals(logits, decoder.logits(TOKEN, none));
                  })
              .count();
      assertThat(unused).isEqualTo(config.mixture().experts() - config.mixture().chosen());
    }
  }

  /** The weights with one expert's down matrix, of which any product is no number. */
  private static float[] without(
      ModelConfig config, WeightLayout layout, float[] weights, int layer, int expert) {
    TensorSpec spec = new TensorNames(config).weight(layer, Projection.EXPERT_DOWN);
    int each = Math.toIntExact(spec.elements() / config.mixture().experts());
    int start = layout.start(spec) + expert * each;
    float[] changed = weights.clone();
    Arrays.fill(changed, start, start + each, Float.NaN);
    return changed;
  }
}
