package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.weights.DecoderOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the plan counts is what the script keeps. */
class LayerMemoryTest {
  private static final int B = 2;
  private static final int T = 5;
  private static final int RANK = 3;

  static List<Path> folders() {
    return Stream.concat(
            Golden.names().stream().map(Golden::folder),
            Stream.of(
                    "qwen2_moe",
                    "gpt_oss",
                    "qwen3_5-vision",
                    "qwen3_next",
                    "deepseek_v3",
                    "llama4",
                    "gemma4-small",
                    "gemma4-moe")
                .map(Golden::family))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void aLayerKeepsWhatIsCounted(Path folder) {
    try (Decoder decoder = Decoder.load(folder, DecoderOptions.standard());
        AdapterTensors adapter = adapter(decoder.config());
        Scope scope = new Scope()) {
      Tensor ids = scope.own(Tensor.of(ComputeDevice.CPU, new long[B * T], B, T));
      RotaryPositions at = decoder.positions(scope, T, new int[] {T, T});
      Tensor x = decoder.embed(scope, ids);
      LayerExchange exchange = decoder.exchange(scope, ids, x);
      for (int layer = 0; layer < Math.min(2, decoder.config().layers()); layer++) {
        KeptLayer kept = decoder.layerKeep(scope, layer, x, at, exchange, adapter);
        long values =
            Stream.concat(Stream.of(kept.input()), kept.activations().stream())
                .mapToLong(t -> Arrays.stream(t.shape()).reduce(1, (a, b) -> a * b))
                .sum();
        LayerMemory memory = new LayerMemory(decoder.config(), layer, 4, 4);
        assertThat(4 * values).isEqualTo(B * T * memory.keptTensors(RANK));
      }
    }
  }

  private static AdapterTensors adapter(ModelConfig config) {
    AdapterTensors adapter = AdapterTensors.none(config, ComputeDevice.CPU);
    List<Projection> projections = Projection.of(config);
    for (int module = 0; module < config.layers() * projections.size(); module++) {
      int layer = module / projections.size();
      int p = module % projections.size();
      if (!projections.get(p).adaptable() || !projections.get(p).isIn(config, layer)) {
        continue;
      }
      int in = projections.get(p).in(config, layer);
      int out = projections.get(p).out(config, layer);
      int rows = RANK * projections.get(p).parts(config);
      adapter.put(
          layer,
          p,
          Tensor.of(ComputeDevice.CPU, new float[rows * in], rows, in),
          Tensor.of(ComputeDevice.CPU, new float[out * RANK], out, RANK),
          Tensor.scalar(ComputeDevice.CPU, 2));
    }
    return adapter;
  }
}
