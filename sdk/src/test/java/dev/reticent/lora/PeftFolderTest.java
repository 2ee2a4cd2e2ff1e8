package dev.reticent.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.StoredTensor;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The folders read were written by Python PEFT 0.21; see make_golden.py. */
class PeftFolderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ModelConfig MISTRAL = ModelConfig.read(Golden.folder("mistral-tiny"));

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.reticent.model.Golden#names")
  void foldersOfPythonComeBackTheSameThroughOurs(String name) throws IOException {
    requireSameThroughOurs(Golden.folder(name));
  }

  /** PEFT has B of all experts in another order, and names after how it wraps their module. */
  @ParameterizedTest
  @ValueSource(strings = {"mixtral", "qwen2_moe", "gpt_oss", "granitemoe"})
  void thoseOfExpertsDoToo(String name) throws IOException {
    requireSameThroughOurs(Golden.family(name));
  }

  private void requireSameThroughOurs(Path model) throws IOException {
    ModelConfig config = ModelConfig.read(model);
    Path theirs = model.resolve("adapter");
    Adapter read = PeftFolder.read(theirs, config);
    PeftFolder.write(folder, read, "some/model");
    Adapter again = PeftFolder.read(folder, config);
    assertThat(again.layout()).isEqualTo(read.layout());
    assertThat(again.values()).isEqualTo(read.values());
    try (Safetensors one = Safetensors.open(theirs.resolve("adapter_model.safetensors"));
        Safetensors two = Safetensors.open(folder.resolve("adapter_model.safetensors"))) {
      assertThat(two.names()).containsExactlyInAnyOrderElementsOf(one.names());
      for (String tensor : one.names()) {
        assertThat(two.tensor(tensor).floats()).isEqualTo(one.tensor(tensor).floats());
        assertThat(two.tensor(tensor).shape()).isEqualTo(one.tensor(tensor).shape());
      }
    }
  }

  @Test
  void patternsAndRankStabilisedScalesAreRead() {
    String name = "mistral-adapter-patterns";
    Adapter adapter =
        PeftFolder.read(
            Golden.folder(name).resolve("adapter"), ModelConfig.read(Golden.folder(name)));
    List<AdapterSlot> slots = adapter.layout().slots();
    assertThat(slots.stream().map(AdapterSlot::rank)).containsExactly(2, 4, 4, 2, 4, 6, 4);
    assertThat(slots.get(1).scale()).isEqualTo(3 / 2.0);
    assertThat(slots.get(5).scale()).isEqualTo(8 / Math.sqrt(6));
    assertThat(slots.get(6).path()).isEqualTo("lm_head");
    assertThat(slots.get(6).scale()).isEqualTo(5 / 2.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"all-linear\" | 21",
        "\"ALL-LINEAR\" | 21",
        "\".*\\\\.[qv]_proj\" | 6",
        "\"model.layers.[01].mlp.+\" | 6",
        "[\"q_proj\", \"lm_head\", \"query_key_value\"] | 4",
        "[\"mlp.up_proj\"] | 3",
      })
  void targetModulesMayBeAListARegularExpressionOrAllLinear(String targets, int count)
      throws IOException {
    assertThat(layout("target_modules", targets).slots()).hasSize(count);
  }

  @Test
  void layersToTransformSelectsLayers() throws IOException {
    assertThat(layout("layers_to_transform", "1").slots()).allMatch(s -> s.layer() == 1).hasSize(7);
    assertThat(layout("layers_to_transform", "[0, 2]").slots()).hasSize(14);
  }

  private AdapterLayout layout(String key, String json) throws IOException {
    config(key, json);
    return AdapterLayout.of(
        MISTRAL, PeftConfig.read(folder.resolve("adapter_config.json"), MISTRAL));
  }

  private void config(String key, String json) throws IOException {
    Path source = Golden.folder("mistral-tiny").resolve("adapter/adapter_config.json");
    ObjectNode node = (ObjectNode) JSON.readTree(source.toFile());
    node.set(key, JSON.readTree(json));
    Files.writeString(folder.resolve("adapter_config.json"), node.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "use_qalora | true",
        "exclude_modules | [\"q_proj\", \"k_proj\", \"v_proj\", \"o_proj\", \"gate_proj\","
            + " \"up_proj\", \"down_proj\", \"lm_head\"]",
        "bias | \"some\"",
        "modules_to_save | [\"norm\"]",
        "modules_to_save | [\"q_proj\"]",
        "peft_type | \"IA3\"",
        "init_lora_weights | \"pissa\"",
        "layer_replication | [[0, 1]]",
        "target_modules | [\"query_key_value\"]",
        "target_modules | \"(\"",
        "rank_pattern.( | {\"(\": 4}",
        "r | 0",
        "lora_alpha | null",
        "layers_pattern | [\"h\"]",
      })
  void whatIsNotComputedHereIsRefusedByName(String key, String json) throws IOException {
    config(key.replace(".(", ""), json);
    if (key.equals("layers_pattern")) {
      String text = Files.readString(folder.resolve("adapter_config.json"));
      Files.writeString(
          folder.resolve("adapter_config.json"),
          text.replace("\"layers_to_transform\":null", "\"layers_to_transform\":[1]"));
    }
    assertThatThrownBy(() -> PeftFolder.read(folder, MISTRAL))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("adapter_config.json")
        .hasMessageContaining("\"" + key + "\"");
  }

  /** PEFT saves the biases of norms with the others, and a layer's with none of them. */
  @Test
  void whatAnAdapterShouldBringAndWhatItShouldNotIsNamed() throws IOException {
    config("use_dora", "true");
    Path weights = folder.resolve("adapter_model.safetensors");
    Files.copy(Golden.folder("mistral-tiny").resolve("adapter/" + weights.getFileName()), weights);
    assertThatThrownBy(() -> PeftFolder.read(folder, MISTRAL))
        .hasMessageContaining("q_proj.lora_magnitude_vector: missing, expected shape [64]");
    config("modules_to_save", "[\"embed_tokens\"]");
    assertThatThrownBy(() -> PeftFolder.read(folder, MISTRAL))
        .hasMessageContaining("model.embed_tokens.weight: missing, expected shape [384, 64]");
  }

  @Test
  void everyTensorThatDoesNotFitIsNamed() throws IOException {
    Adapter adapter =
        Adapter.initial(AdapterLayout.of(MISTRAL, LoraSpec.of(4, 8, List.of("q_proj"))), 1);
    PeftFolder.write(folder, adapter, "");
    String prefix = "base_model.model.model.layers.";
    new SafetensorsWriter()
        .addFloats(prefix + "0.self_attn.q_proj.lora_A.weight", List.of(2L, 64L), new float[128], 0)
        .addFloats(prefix + "0.self_attn.q_proj.lora_B.weight", List.of(64L, 4L), new float[256], 0)
        .addFloats(prefix + "7.self_attn.q_proj.lora_B.weight", List.of(64L, 4L), new float[256], 0)
        .write(folder.resolve("adapter_model.safetensors"));
    assertThatThrownBy(() -> PeftFolder.read(folder, MISTRAL))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(
            "0.self_attn.q_proj.lora_A.weight: expected shape [4, 64], found [2, 64]")
        .hasMessageContaining("1.self_attn.q_proj.lora_A.weight: missing")
        .hasMessageContaining("7.self_attn.q_proj.lora_B.weight: not expected");
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    assertThat(PeftFolder.isAdapter(folder)).isFalse();
    assertThatThrownBy(() -> PeftFolder.read(folder, MISTRAL))
        .hasMessageContaining("no adapter_config.json");
    config("r", "4");
    assertThat(PeftFolder.isAdapter(folder)).isTrue();
    assertThatThrownBy(() -> PeftFolder.read(folder, MISTRAL))
        .hasMessageContaining("no adapter_model.safetensors");
  }

  @Test
  void aSpecificationWithPatternsAndLayersSurvivesTheFolder() throws IOException {
    LoraSpec spec =
        new LoraSpec(
            3,
            4.5,
            List.of("q_proj", "up_proj"),
            true,
            List.of(1),
            Map.of("up_proj", 5),
            Map.of("q_proj", 2.0),
            0.1,
            true);
    Adapter adapter = Adapter.initial(AdapterLayout.of(MISTRAL, spec), 3);
    PeftFolder.write(folder, adapter, "");
    Adapter read = PeftFolder.read(folder, MISTRAL);
    assertThat(read.layout()).isEqualTo(adapter.layout());
    assertThat(read.values()).isEqualTo(adapter.values());
  }

  @Test
  void aRefusedFeatureNamesItsCure() throws IOException {
    config("use_qalora", "true");
    assertThatThrownBy(() -> PeftFolder.read(folder, MISTRAL))
        .hasMessageContaining("merge_and_unload");
  }

  /** As PEFT: a list names modules, a text must match the whole path. */
  @Test
  void excludedModulesAreLeftOut() throws IOException {
    List<String> all = paths("fan_in_fan_out", "false");
    assertThat(paths("exclude_modules", "[\"q_proj\"]"))
        .isEqualTo(all.stream().filter(p -> !p.endsWith(".q_proj")).toList())
        .isNotEqualTo(all);
    assertThat(paths("exclude_modules", "\".*layers.0.*\""))
        .isEqualTo(all.stream().filter(p -> !p.contains("layers.0")).toList())
        .isNotEmpty();
    assertThat(paths("exclude_modules", "\"layers.0\"")).isEqualTo(all);
  }

  /** PEFT sets it, with a warning, to what the layer needs. */
  @Test
  void fanInFanOutChangesNothing() throws IOException {
    assertThat(paths("fan_in_fan_out", "true")).isEqualTo(paths("fan_in_fan_out", "false"));
  }

  private List<String> paths(String key, String json) throws IOException {
    return layout(key, json).slots().stream().map(AdapterSlot::path).toList();
  }

  @Test
  void keysThatNameTheAdapterAreRead() throws IOException {
    Path theirs = Golden.folder("mistral-tiny").resolve("adapter");
    Adapter plain = PeftFolder.read(theirs, MISTRAL);
    Files.copy(theirs.resolve("adapter_config.json"), folder.resolve("adapter_config.json"));
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors tensors = Safetensors.open(theirs.resolve("adapter_model.safetensors"))) {
      for (String name : tensors.names()) {
        StoredTensor tensor = tensors.tensor(name);
        writer.addFloats(
            name.replaceFirst("\\.weight$", ".default.weight"), tensor.shape(), tensor.floats(), 0);
      }
      writer.write(folder.resolve("adapter_model.safetensors"));
    }
    assertThat(PeftFolder.read(folder, MISTRAL).values()).isEqualTo(plain.values());
  }
}
