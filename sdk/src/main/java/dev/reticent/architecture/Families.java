package dev.reticent.architecture;

import dev.reticent.config.UserInputException;
import dev.reticent.format.JsonFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The families this library computes. One more is a reader, a line here and a golden test. */
public final class Families {

  private static final List<Family> ALL =
      List.of(
          new Family("llama", "LlamaForCausalLM", LlamaFamilies::llama),
          new Family("mistral", "MistralForCausalLM", MistralFamilies::mistral),
          new Family("qwen2", "Qwen2ForCausalLM", QwenFamilies::qwen2),
          new Family("qwen3", "Qwen3ForCausalLM", QwenFamilies::qwen3),
          new Family("phi3", "Phi3ForCausalLM", PhiFamilies::phi3));

  private Families() {}

  static ModelConfig read(Path folder) {
    Path file = folder.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw new UserInputException(
          folder + ": no config.json here. Expected a Hugging Face model folder.");
    }
    JsonFields json = JsonFields.read(file);
    Family family = family(json);
    if (!json.isEmpty("quantization_config")) {
      throw json.wrong(
          "quantization_config", "none: give the unquantised model, it is quantised on load");
    }
    Blueprint blueprint = new Blueprint(json);
    family.reader().read(blueprint);
    return blueprint.build(family, eosTokenIds(folder, blueprint), bosTokenId(blueprint));
  }

  private static Family family(JsonFields json) {
    List<String> architectures = json.texts("architectures");
    if (architectures.isEmpty()) {
      String type = json.text("model_type");
      return ALL.stream()
          .filter(family -> family.modelType().equals(type))
          .findFirst()
          .orElseThrow(() -> json.wrong("model_type", "one of " + names()));
    }
    return ALL.stream()
        .filter(family -> family.architecture().equals(architectures.get(0)))
        .findFirst()
        .orElseThrow(() -> json.wrong("architectures", "one of " + architectures()));
  }

  private static String names() {
    return ALL.stream().map(Family::modelType).collect(Collectors.joining(", "));
  }

  private static String architectures() {
    return ALL.stream().map(Family::architecture).collect(Collectors.joining(", "));
  }

  private static List<Integer> eosTokenIds(Path folder, Blueprint blueprint) {
    Path generation = folder.resolve("generation_config.json");
    if (Files.isRegularFile(generation)) {
      List<Integer> ids = JsonFields.read(generation).integers("eos_token_id");
      if (!ids.isEmpty()) {
        return ids;
      }
    }
    return blueprint.json.keys().contains("eos_token_id")
        ? blueprint.json.integers("eos_token_id")
        : blueprint.defaultEosTokenIds;
  }

  private static OptionalInt bosTokenId(Blueprint blueprint) {
    JsonFields json = blueprint.json;
    int id =
        json.has("bos_token_id")
            ? json.integer("bos_token_id")
            : json.keys().contains("bos_token_id") ? -1 : blueprint.defaultBosTokenId;
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
