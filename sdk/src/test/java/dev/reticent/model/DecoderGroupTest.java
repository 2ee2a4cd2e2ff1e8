package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.format.Safetensors;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.WeightCache;
import dev.reticent.weights.WeightLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several devices without a card: {@code cpu:1} and on are other names for the processors. */
class DecoderGroupTest {
  private static final int[] IDS = {1, 45, 7, 103, 61, 8, 19, 2, 88, 5};

  private static DecoderGroup group(
      String model, int devices, DecoderOptions options, Placement placement) {
    List<ComputeDevice> names = new ArrayList<>();
    for (int i = 1; i <= devices; i++) {
      names.add(new ComputeDevice("cpu", i)); // none is cpu itself, so that HOST is elsewhere
    }
    return DecoderGroup.load(
        Golden.folder(model), names, options, placement, WeightCache.none(), notice -> {});
  }

  private static float[] logits(Decoder decoder) {
    try (AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
      return decoder.logits(IDS, none);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mistral-tiny, FLOAT32, NONE", "mistral-tiny, BFLOAT16, NONE", "mistral-tiny, FLOAT32, NF4",
    "mistral-tiny, FLOAT32, INT8", "llama-bf16-shards, FLOAT32, NONE", "phi3, FLOAT32, NONE",
    "llama-biases, BFLOAT16, NF4"
  })
  void whereverLayersAreHeldEveryDeviceComputesTheSameBits(
      String model, ComputeType compute, Quantization quantization) {
    DecoderOptions options = DecoderOptions.standard().with(compute).with(quantization);
    float[] expected;
    try (Decoder alone = Decoder.load(Golden.folder(model), options)) {
      expected = logits(alone);
    }
    for (Placement placement : Placement.values()) {
      for (int devices : new int[] {1, 2, 4}) {
        try (DecoderGroup group = group(model, devices, options, placement)) {
          assertThat(group.decoders()).hasSize(devices);
          for (Decoder decoder : group.decoders()) {
            assertThat(logits(decoder)).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void manyThreadsMayUseOneStream() {
    DecoderOptions options = DecoderOptions.standard();
    try (DecoderGroup group = group("mistral-tiny", 1, options, Placement.HOST)) {
      Decoder decoder = group.decoders().get(0);
      float[] expected = logits(decoder);
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<CompletableFuture<float[]>> calls = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        calls.add(CompletableFuture.supplyAsync(() -> logits(decoder), threads));
      }
      calls.forEach(call -> assertThat(call.join()).isEqualTo(expected));
      threads.shutdown();
    }
  }

  /** A copy that went on into freed memory would end the JVM. */
  @Test
  void closingWaitsForTheLayerThatIsUnderWay() {
    for (int round = 0; round < 60; round++) {
      DecoderGroup group = group("mistral-tiny", 1, DecoderOptions.standard(), Placement.HOST);
      Decoder decoder = group.decoders().get(0);
      int last = decoder.config().layers() - 1;
      decoder.weights().layer(0, last).close(); // the next one is on its way
      group.close();
      assertThatThrownBy(() -> logits(decoder)).hasMessageContaining("closed");
    }
  }

  @Test
  void newWeightsReachEveryDevice() {
    for (Placement placement : Placement.values()) {
      try (DecoderGroup group = group("mistral-tiny", 2, DecoderOptions.standard(), placement);
          Safetensors files = Safetensors.open(Golden.folder("mistral-tiny"))) {
        WeightLayout layout = new WeightLayout(group.config());
        float[] values = layout.read(files);
        float[] before = logits(group.decoders().get(1));
        for (int i = 0; i < values.length; i++) {
          values[i] *= 1.01f;
        }
        group.decoders().get(0).setWeights(layout, values);
        float[] after = logits(group.decoders().get(1));
        assertThat(after).isNotEqualTo(before).isEqualTo(logits(group.decoders().get(0)));
      }
    }
  }

  @Test
  void generatingFromLayersHeldElsewhereIsRefused() {
    try (DecoderGroup group = group("mistral-tiny", 1, DecoderOptions.standard(), Placement.HOST)) {
      assertThatThrownBy(() -> group.decoders().get(0).weights().all())
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("offload");
    }
  }
}
