package dev.reticent.architecture;

import dev.reticent.config.UserInputException;
import dev.reticent.format.JsonFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The families this library computes. One more is a reader, a line here and a golden test. */
public final class Families {

  private static final List<Family> ALL =
      List.of(
          new Family("llama", "LlamaForCausalLM", LlamaFamilies::llama),
          new Family("mistral", "MistralForCausalLM", MistralFamilies::mistral),
          new Family("ministral", "MinistralForCausalLM", MistralFamilies::mistral),
          new Family("ministral3", "Ministral3ForCausalLM", MistralFamilies::ministral3),
          new Family("qwen2", "Qwen2ForCausalLM", QwenFamilies::qwen2),
          new Family("qwen2_vl", "Qwen2VLForConditionalGeneration", QwenFamilies::qwen2),
          new Family("qwen2_vl_text", "Qwen2VLTextModel", QwenFamilies::qwen2),
          new Family("qwen2_5_vl", "Qwen2_5_VLForConditionalGeneration", QwenFamilies::qwen2),
          new Family("qwen2_5_vl_text", "Qwen2_5_VLTextModel", QwenFamilies::qwen2),
          new Family("qwen3", "Qwen3ForCausalLM", QwenFamilies::qwen3),
          new Family("qwen3_vl_text", "Qwen3VLTextModel", QwenFamilies::qwen3),
          new Family("qwen3_next", "Qwen3NextForCausalLM", DeltaFamilies::qwen3Next),
          new Family("qwen3_5_text", "Qwen3_5ForCausalLM", DeltaFamilies::qwen35),
          new Family("qwen3_5_moe_text", "Qwen3_5MoeForCausalLM", DeltaFamilies::qwen35Moe),
          new Family("phi", "PhiForCausalLM", PhiFamilies::phi),
          new Family("phi3", "Phi3ForCausalLM", PhiFamilies::phi3),
          new Family("gemma", "GemmaForCausalLM", GemmaFamilies::gemma),
          new Family("gemma2", "Gemma2ForCausalLM", GemmaFamilies::gemma2),
          new Family("gemma3_text", "Gemma3ForCausalLM", GemmaFamilies::gemma3),
          new Family("gemma4_text", "Gemma4ForCausalLM", GemmaFamilies::gemma4),
          new Family("gemma4_unified_text", "Gemma4UnifiedForCausalLM", GemmaFamilies::gemma4),
          new Family(
              "vaultgemma",
              "VaultGemmaForCausalLM",
              GemmaFamilies::vaultGemma,
              "The base model, a VaultGemma, was itself pre-trained with differential privacy; its"
                  + " maker's promise is about its own training texts and stands beside the one"
                  + " above."),
          new Family("seed_oss", "SeedOssForCausalLM", LlamaFamilies::seedOss),
          new Family("cwm", "CwmForCausalLM", LlamaFamilies::cwm),
          new Family("smollm3", "SmolLM3ForCausalLM", LlamaFamilies::smollm3),
          new Family("granite", "GraniteForCausalLM", LlamaFamilies::granite),
          new Family("ernie4_5", "Ernie4_5ForCausalLM", LlamaFamilies::ernie45),
          new Family("helium", "HeliumForCausalLM", LlamaFamilies::helium),
          new Family("hunyuan_v1_dense", "HunYuanDenseV1ForCausalLM", LlamaFamilies::hunyuanDense),
          new Family("arcee", "ArceeForCausalLM", LlamaFamilies::arcee),
          new Family("apertus", "ApertusForCausalLM", LlamaFamilies::apertus),
          new Family("olmo", "OlmoForCausalLM", OlmoFamilies::olmo),
          new Family("olmo2", "Olmo2ForCausalLM", OlmoFamilies::olmo2),
          new Family("olmo3", "Olmo3ForCausalLM", OlmoFamilies::olmo3),
          new Family("exaone4", "Exaone4ForCausalLM", OlmoFamilies::exaone4),
          new Family("glm", "GlmForCausalLM", GlmFamilies::glm),
          new Family("glm4", "Glm4ForCausalLM", GlmFamilies::glm4),
          new Family("cohere", "CohereForCausalLM", CohereFamilies::cohere),
          new Family("cohere2", "Cohere2ForCausalLM", CohereFamilies::cohere2),
          new Family("starcoder2", "Starcoder2ForCausalLM", LayerNormFamilies::starcoder2),
          new Family("stablelm", "StableLmForCausalLM", LayerNormFamilies::stableLm),
          new Family("gpt2", "GPT2LMHeadModel", GptFamilies::gpt2),
          new Family("gpt_neox", "GPTNeoXForCausalLM", GptFamilies::gptNeoX),
          new Family("falcon", "FalconForCausalLM", GptFamilies::falcon),
          new Family("mixtral", "MixtralForCausalLM", MixtureFamilies::mixtral),
          new Family("qwen2_moe", "Qwen2MoeForCausalLM", MixtureFamilies::qwen2Moe),
          new Family("qwen3_moe", "Qwen3MoeForCausalLM", MixtureFamilies::qwen3Moe),
          new Family("gpt_oss", "GptOssForCausalLM", MixtureFamilies::gptOss),
          new Family("olmoe", "OlmoeForCausalLM", MixtureFamilies::olmoe),
          new Family("phimoe", "PhimoeForCausalLM", MixtureFamilies::phiMoe),
          new Family("granitemoe", "GraniteMoeForCausalLM", MixtureFamilies::graniteMoe),
          new Family("llama4_text", "Llama4ForCausalLM", LlamaFamilies::llama4),
          new Family("deepseek_v2", "DeepseekV2ForCausalLM", LatentFamilies::deepseekV2),
          new Family("deepseek_v3", "DeepseekV3ForCausalLM", LatentFamilies::deepseekV3),
          new Family("glm4_moe", "Glm4MoeForCausalLM", GlmFamilies::glm4Moe),
          new Family("dots1", "Dots1ForCausalLM", MixtureFamilies::dots1),
          new Family("glm4_moe_lite", "Glm4MoeLiteForCausalLM", LatentFamilies::glm4MoeLite),
          new Family("youtu", "YoutuForCausalLM", LatentFamilies::youtu),
          new Family("minicpm3", "MiniCPM3ForCausalLM", LatentFamilies::miniCpm3),
          new Family("nemotron", "NemotronForCausalLM", LayerNormFamilies::nemotron));

  private Families() {}

  static ModelConfig read(Path folder) {
    Path file = folder.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw new UserInputException(
          folder + ": no config.json here. Expected a Hugging Face model folder.");
    }
    JsonFields whole = JsonFields.read(file);
    JsonFields json = whole.isObject("text_config") ? whole.object("text_config") : whole;
    Family family = json == whole ? family(whole) : textFamily(whole, json);
    OtherQuantization.refuse(whole);
    Blueprint blueprint = new Blueprint(json);
    family.reader().read(blueprint);
    if (whole.isFlag("tie_word_embeddings")) {
      blueprint.tied = whole.flag("tie_word_embeddings", false);
    }
    StoredPaths.find(folder, blueprint);
    return blueprint.build(family, eosTokenIds(folder, blueprint), bosTokenId(blueprint));
  }

  /** The family of the text part of a multimodal model. */
  private static Family textFamily(JsonFields whole, JsonFields text) {
    String type = text.text("model_type", whole.text("model_type", ""));
    return named(type)
        .orElseThrow(
            () ->
                text.wrong(
                    "model_type", "a text part that is one of " + names() + "; " + why(type)));
  }

  private static Family family(JsonFields json) {
    List<String> architectures = json.texts("architectures");
    String type = json.text("model_type", "");
    if (architectures.isEmpty()) {
      return named(type)
          .orElseThrow(() -> json.wrong("model_type", "one of " + names() + "; " + why(type)));
    }
    return ALL.stream()
        .filter(family -> family.architecture().equals(architectures.get(0)))
        .findFirst()
        // A folder of the body alone, such as LlamaModel, is the same model.
        .or(() -> architectures.get(0).endsWith("Model") ? named(type) : Optional.empty())
        .orElseThrow(
            () -> json.wrong("architectures", "one of " + architectures() + "; " + why(type)));
  }

  private static Optional<Family> named(String type) {
    return ALL.stream().filter(family -> family.modelType().equals(type)).findFirst();
  }

  private static String why(String type) {
    return UnknownFamilies.missing(type);
  }

  /** The {@code model_type} of each. */
  public static List<String> modelTypes() {
    return ALL.stream().map(Family::modelType).toList();
  }

  private static String names() {
    return String.join(", ", modelTypes());
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
