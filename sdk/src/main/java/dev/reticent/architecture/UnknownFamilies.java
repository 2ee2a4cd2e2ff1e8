package dev.reticent.architecture;

import java.util.List;

/** Families that are known and not computed, each with what is missing. */
final class UnknownFamilies {

  private record Missing(String what, List<String> types) {}

  private static final List<Missing> ALL =
      List.of(
          new Missing(
              "state-space layers, whose recurrence is not computed here",
              List.of("mamba", "mamba2", "falcon_mamba", "rwkv", "xlstm", "recurrent_gemma")),
          new Missing(
              "layers with a recurrence or a convolution beside those with attention",
              List.of(
                  "bamba",
                  "falcon_h1",
                  "granitemoehybrid",
                  "jamba",
                  "lfm2",
                  "lfm2_moe",
                  "nemotron_h",
                  "olmo_hybrid",
                  "zamba",
                  "zamba2")),
          new Missing(
              "mixtures of experts with a routing that is not computed here",
              List.of(
                  "qwen3_vl_moe_text", "minimax_m2", "jetmoe", "ernie4_5_moe", "hunyuan_v1_moe")),
          new Missing("latent attention and mixtures of experts", List.of("kimi_k2", "mistral4")),
          new Missing("differential attention", List.of("diffllama")),
          new Missing("attention that sees later tokens", List.of("llada", "Dream")),
          new Missing("ternary weights", List.of("bitnet")),
          new Missing(
              "layers that share keys and values, or embeddings for each layer",
              List.of("gemma3n", "gemma3n_text")),
          new Missing(
              "an encoder; only decoders that read from left to right are computed",
              List.of("t5", "mt5", "bart", "bert", "roberta", "t5gemma", "mllama_text_model")),
          new Missing(
              "positions or attention of an older kind",
              List.of("bloom", "opt", "mpt", "gptj", "gpt_neo", "persimmon")));

  private UnknownFamilies() {}

  /** What a type of model needs that is not there. */
  static String missing(String type) {
    return ALL.stream()
        .filter(missing -> missing.types().contains(type))
        .findFirst()
        .map(missing -> type + " has " + missing.what())
        .orElse(type.isEmpty() ? "no model_type is given" : type + " is not known");
  }
}
