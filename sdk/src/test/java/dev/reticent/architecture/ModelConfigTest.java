package dev.reticent.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import dev.reticent.weights.TensorNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
  private static final String SHAPE =
      """
      "vocab_size": 100, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 4,
      "num_attention_heads": 8, "num_key_value_heads": 2, "max_position_embeddings": 1024,
      """;

  @TempDir Path folder;

  @Test
  void aMistralConfigIsRead() {
    ModelConfig config = ModelConfig.read(Golden.folder("mistral-tiny"));
    assertThat(config.family().modelType()).isEqualTo("mistral");
    assertThat(config.vocabSize()).isEqualTo(384);
    assertThat(config.hiddenSize()).isEqualTo(64);
    assertThat(config.shape(0).intermediate()).isEqualTo(176);
    assertThat(config.querySize(0)).isEqualTo(64);
    assertThat(config.keyValueSize(0)).isEqualTo(16);
    assertThat(config.architecture().norms().epsilon()).isEqualTo(1e-5);
    assertThat(config.slidingWindow(0)).isEmpty();
    assertThat(config.tiedEmbeddings()).isFalse();
    assertThat(config.eosTokenIds()).containsExactly(2);
    assertThat(config.bosTokenId()).hasValue(1);
    assertThat(config.rope()).isEqualTo(new RopeSettings(10_000, 8, new RopeSettings.Unscaled()));
  }

  @Test
  void oldAndNewSpellingsOfRopeSettingsMeanTheSame() throws IOException {
    RopeSettings old =
        read(
                "Llama",
                """
                "rope_theta": 500000.0, "rope_scaling": {"type": "llama3", "factor": 8.0,
                "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64}
                """)
            .rope();
    RopeSettings now =
        read(
                "Llama",
                """
                "rope_parameters": {"rope_theta": 500000.0, "rope_type": "llama3", "factor": 8,
                "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 64}
                """)
            .rope();
    assertThat(old).isEqualTo(now);
    assertThat(old).isEqualTo(new RopeSettings(500_000, 8, new RopeSettings.Llama3(8, 1, 4, 64)));
  }

  @Test
  void aMistralWithoutTheKeySlidesOver4096TokensAndWithNullOverAll() throws IOException {
    assertThat(read("Mistral", "\"hidden_act\": \"silu\"").slidingWindow(3)).hasValue(4096);
    assertThat(read("Mistral", "\"sliding_window\": null").slidingWindow(3)).isEmpty();
    assertThat(read("Mistral", "\"sliding_window\": 5").slidingWindow(0)).hasValue(5);
  }

  @Test
  void qwenSlidesOnlyWhereItsLayersSaySo() throws IOException {
    assertThat(read("Qwen2", "\"sliding_window\": 5").windows()).containsExactly(0, 0, 0, 0);
    assertThat(
            read(
                    "Qwen2",
                    "\"use_sliding_window\": true, \"sliding_window\": 5, \"max_window_layers\": 3")
                .windows())
        .containsExactly(0, 0, 0, 5);
    assertThat(
            read(
                    "Qwen3",
                    """
                    "use_sliding_window": true, "sliding_window": 5, "layer_types": ["sliding_attention",
                    "full_attention", "sliding_attention", "full_attention"]
                    """)
                .windows())
        .containsExactly(5, 0, 5, 0);
  }

  @Test
  void biasesNormsAndFusionFollowTheFamily() throws IOException {
    ModelConfig qwen2 = read("Qwen2", "\"attention_bias\": false");
    assertThat(Projection.Q.biased(qwen2, 0)).isTrue();
    assertThat(Projection.O.biased(qwen2, 0)).isFalse();
    ModelConfig llama = read("Llama", "\"attention_bias\": true, \"mlp_bias\": true");
    assertThat(Projection.of(llama)).hasSize(7).allMatch(p -> p.biased(llama, 0));
    ModelConfig qwen3 = read("Qwen3", "\"tie_word_embeddings\": true");
    assertThat(qwen3.shape(0).headDim()).isEqualTo(128);
    assertThat(qwen3.architecture().queryKeyNormed()).isTrue();
    assertThat(new TensorNames(qwen3).head().name()).isEqualTo("model.embed_tokens.weight");
    ModelConfig phi = read("Phi3", "\"partial_rotary_factor\": 0.75");
    assertThat(Projection.of(phi))
        .containsExactly(Projection.QKV, Projection.O, Projection.GATE_UP, Projection.DOWN);
    assertThat(Projection.QKV.out(phi, 0)).isEqualTo(96);
    assertThat(phi.rope().rotaryDim()).isEqualTo(6);
    assertThat(phi.eosTokenIds()).containsExactly(32000);
  }

  @Test
  void phiNamesOfTheLongRopeMethodAreUnderstood() throws IOException {
    RopeSettings rope =
        read(
                "Phi3",
                """
                "original_max_position_embeddings": 256, "rope_theta": 10000.0, "rope_scaling":
                {"type": "su", "short_factor": [1, 1.5, 2, 2.5], "long_factor": [2, 3, 4, 5]}
                """)
            .rope();
    RopeSettings.LongRope longRope = (RopeSettings.LongRope) rope.scaling();
    assertThat(longRope.shortFactor()).isEqualTo(List.of(1.0, 1.5, 2.0, 2.5));
    assertThat(longRope.originalPositions()).isEqualTo(256);
    // sqrt(1 + log 4 / log 256) = sqrt(5/4)
    assertThat(longRope.attentionFactor()).isEqualTo(Math.sqrt(1.25));
  }

  /** Phi-MoE states the factor of cosines and sines, and not the one that longrope implies. */
  @Test
  void theFactorThatLongRopeStatesIsTaken() throws IOException {
    String rope =
        """
        "original_max_position_embeddings": 256, "rope_theta": 10000.0, "rope_scaling":
        {"type": "longrope", "short_factor": [1, 1.5, 2, 2.5], "long_factor": [2, 3, 4, 5],
         "short_mscale": 1.25, "long_mscale": %s}
        """;
    assertThat(RopeTable.attentionFactor(read("Phi3", rope.formatted("1.25")).rope().scaling()))
        .isEqualTo(1.25);
    assertThatThrownBy(() -> read("Phi3", rope.formatted("1.5")))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("rope_scaling.long_mscale")
        .hasMessageContaining("the same number as short_mscale, 1.25");
  }

  @Test
  void endIdsOfTheGenerationConfigComeFirst() throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [7, 9]}");
    ModelConfig config = read("Llama", "\"eos_token_id\": 7, \"bos_token_id\": null");
    assertThat(config.eosTokenIds()).containsExactly(7, 9);
    assertThat(config.bosTokenId()).isEqualTo(OptionalInt.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"architectures\": [\"OtherForCausalLM\"] | architectures | LlamaForCausalLM, Mistral",
        "\"hidden_act\": \"quick_gelu\" | \"hidden_act\" | expected one of silu",
        "\"rope_scaling\": {\"type\": \"ntk\", \"factor\": 2} | rope_scaling.type | one of"
            + " default",
        "\"rope_scaling\": {\"type\": \"linear\"} | rope_scaling.factor | it is missing",
        "\"head_dim\": \"x\" | \"head_dim\" | found \"x\"",
        "\"head_dim\": 7 | even number | head_dim 7",
        "\"quantization_config\": {\"bits\": 4} | quantization_config | unquantized",
        "\"layer_types\": [\"full_attention\"] | layer_types | 4 layers",
        "\"tie_word_embeddings\": 1 | tie_word_embeddings | true or false",
      })
  void whatCannotBeComputedIsRefusedByNameAndPlace(String line, String key, String message) {
    String family = line.contains("layer_types") ? "Qwen3" : "Llama";
    assertThatThrownBy(() -> read(family, line))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(key)
        .hasMessageContaining(message);
  }

  @Test
  void aMissingKeyAndAMissingFileAreNamed() throws IOException {
    assertThatThrownBy(() -> ModelConfig.read(folder)).hasMessageContaining("no config.json");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .hasMessageContaining("\"hidden_size\": expected a whole number, it is missing");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \n!");
    assertThatThrownBy(() -> ModelConfig.read(folder)).hasMessageContaining("line 2, column");
  }

  private ModelConfig read(String family, String lines) throws IOException {
    String architectures =
        lines.contains("architectures")
            ? ""
            : "\"architectures\": [\"" + family + "ForCausalLM\"],";
    Files.writeString(folder.resolve("config.json"), "{" + architectures + SHAPE + lines + "}");
    return ModelConfig.read(folder);
  }
}
