package dev.reticent.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.format.Dtype;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.StoredTensor;
import dev.reticent.model.Golden;
import dev.reticent.weights.TensorNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders as people find them: read as they are meant, or refused with what to do. */
class FoundModelsTest {
  private static final String SHAPE =
      """
      "vocab_size": 100, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 4,
      "num_attention_heads": 8, "num_key_value_heads": 2,
      """;

  @TempDir Path folder;

  private void config(String lines) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{" + SHAPE + lines + "}");
  }

  @ParameterizedTest
  @CsvSource({
    "gptq, a gptq copy",
    "awq, a awq copy",
    "bitsandbytes, load_in_4bit: true",
    "mxfp4, bf16 weights",
    "compressed-tensors, unquantized"
  })
  void whatSomebodyQuantizedIsRefusedWithTheCure(String method, String cure) throws IOException {
    config(
        "\"model_type\": \"llama\", \"quantization_config\": {\"quant_method\": \"%s\"}"
            .formatted(method));
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(cure);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "'layer_types': ['conv', 'conv', 'conv', 'conv']; linear_attention or full_attention",
        "'layer_types': ['full_attention']; one for each of the 4 layers",
        "'linear_num_value_heads': 33; a multiple of linear_num_key_heads (16)",
        "'hidden_act': 'gelu'; silu"
      })
  void deltaRulesOfAnotherKindAreRefusedByKey(String key, String expected) throws IOException {
    config(("'model_type': 'qwen3_next', " + key).replace('\'', '"'));
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "'use_bidirectional_attention': 'all'; read causally",
        "'num_kv_shared_layers': 4; less than num_hidden_layers",
        "'num_kv_shared_layers': 2; no layer looks back as layer 3",
        "'attention_k_eq_v': true, 'num_global_key_value_heads': 3; a divisor",
        "'hidden_size_per_layer_input': 8, 'vocab_size_per_layer_input': 9; no less than vocab_size"
      })
  void gemmasOfAnotherKindAreRefusedByKey(String key, String expected) throws IOException {
    config(("'model_type': 'gemma4_text', " + key).replace('\'', '"'));
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(expected);
  }

  /** As their maker publishes them, and as the library saves them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "'global_head_dim': 32, 'num_global_key_value_heads': 1",
        "'per_layer_config': {'3': {'head_dim': 32, 'num_key_value_heads': 1}}"
      })
  void headsOfLayersThatSeeAllAreReadHoweverTheyAreSaid(String sizes) throws IOException {
    config(
        ("'model_type': 'gemma4_text', 'head_dim': 16, 'attention_k_eq_v': true, " + sizes)
            .replace('\'', '"'));
    ModelConfig config = ModelConfig.read(folder);
    assertThat(config.shape(2)).isEqualTo(new LayerShape(2, 16, 96, false));
    assertThat(config.shape(3))
        .isEqualTo(new LayerShape(1, 32, 96, false, LayerShape.Keys.AS_VALUES));
  }

  /** Published checkpoints have keys and values in layers that see those of others. */
  @Test
  void keysThatNobodySeesAreLeftOut() throws IOException {
    Path source = Golden.family("gemma4-small");
    Files.copy(source.resolve("config.json"), folder.resolve("config.json"));
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors files = Safetensors.open(source)) {
      for (String name : files.names()) {
        writer.addFloats(name, files.tensor(name).shape(), files.tensor(name).floats(), 0);
      }
      String idle = "model.language_model.layers.3.self_attn.";
      writer.addFloats(idle + "k_proj.weight", List.of(8L, 32L), new float[256], 0);
      writer.addFloats(idle + "v_proj.weight", List.of(8L, 32L), new float[256], 0);
      writer.addFloats(idle + "k_norm.weight", List.of(8L), new float[8], 0);
    }
    writer.write(folder.resolve("model.safetensors"));
    new TensorNames(ModelConfig.read(folder)).open(folder).close();
  }

  @ParameterizedTest
  @CsvSource({
    "mamba, state-space",
    "falcon_mamba, state-space",
    "bamba, recurrence",
    "falcon_h1, recurrence",
    "lfm2, convolution",
    "granitemoehybrid, recurrence",
    "jetmoe, routing",
    "ernie4_5_moe, routing",
    "Dream, later tokens",
    "gemma3n_text, share keys",
    "mistral4, latent attention",
    "minimax_m2, routing",
    "t5, encoder",
    "bart, encoder",
    "bloom, older",
    "somebodys_own, not known"
  })
  void familiesThatAreNotComputedSayWhatIsMissing(String type, String missing) throws IOException {
    config("\"model_type\": \"%s\", \"architectures\": [\"XForCausalLM\"]".formatted(type));
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(missing);
  }

  @ParameterizedTest
  @CsvSource({
    "pytorch_model.bin, save_pretrained",
    "pytorch_model.bin.index.json, save_pretrained",
    "model-q4.gguf, llama.cpp",
    "consolidated.safetensors, maker's own layout",
    "adapter_model.safetensors, base model"
  })
  void otherFormatsAreRefusedWithTheWay(String file, String way) throws IOException {
    Files.writeString(folder.resolve(file), "");
    assertThatThrownBy(() -> Safetensors.open(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(way);
  }

  @Test
  void whatTheLibraryTakesIsTakenToo() throws IOException {
    config("\"model_type\": \"llama\", \"partial_rotary_factor\": 0.5");
    assertThat(ModelConfig.read(folder).rope().rotaryDim()).isEqualTo(8);
    assertThat(ModelConfig.read(folder).maxPositions()).isEqualTo(2048);
    config("\"model_type\": \"phi3\", \"sliding_window\": 0");
    assertThat(ModelConfig.read(folder).windows()).containsOnly(0);
    config("\"model_type\": \"llama\", \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2}");
    assertThat(ModelConfig.read(folder).rope().scaling()).isEqualTo(new RopeSettings.Unscaled());
  }

  @Test
  void aTensorOfALayerThatWouldNotBeUsedIsNamed() throws IOException {
    Path source = Golden.family("arcee");
    Files.copy(source.resolve("config.json"), folder.resolve("config.json"));
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors files = Safetensors.open(source)) {
      for (String name : files.names()) {
        writer.addFloats(name, files.tensor(name).shape(), files.tensor(name).floats(), 0);
      }
      String extra = "model.layers.0.self_attn.q_proj.bias";
      writer.addFloats(extra, List.of(32L), new float[32], 0);
    }
    writer.write(folder.resolve("model.safetensors"));
    assertThatThrownBy(() -> new TensorNames(ModelConfig.read(folder)).open(folder).close())
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("q_proj.bias: not expected");
  }

  /** 2 x 4 values of one, in blocks of 1 x 2 with scales of their own. */
  @Test
  void eightBitWeightsCountTimesTheScaleOfTheirBlock() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    byte one = 0x38;
    ByteBuffer ones = ByteBuffer.wrap(new byte[] {one, one, one, one, one, one, one, one});
    writer.add("w", Dtype.F8_E4M3, List.of(2L, 4L), channel -> channel.write(ones));
    writer.addFloats("w_scale_inv", List.of(2L, 2L), new float[] {1, 2, 3, 4}, 0);
    writer.write(folder.resolve("model.safetensors"));
    try (Safetensors files = Safetensors.open(folder)) {
      StoredTensor w = files.tensor("w");
      assertThat(w.floats()).containsExactly(1, 1, 2, 2, 3, 3, 4, 4);
      assertThat(w.floats(3, 3)).containsExactly(2, 3, 3);
      assertThat(w.transpose().floats()).containsExactly(1, 3, 1, 3, 2, 4, 2, 4);
    }
  }
}
