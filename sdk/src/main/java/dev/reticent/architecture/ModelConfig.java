package dev.reticent.architecture;

import dev.reticent.config.UserInputException;
import dev.reticent.format.JsonFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The shape of a decoder, read from the {@code config.json} of a Hugging Face model folder.
 *
 * <p>Per layer: x += O(attention(Q, K, V of norm(x))), then x += down(silu(gate(norm(x))) ·
 * up(norm(x))). Queries have {@code heads} heads, keys and values {@code kvHeads}, all of {@code
 * headDim} coordinates; attention logits are divided by √headDim. Keys a family leaves out take the
 * defaults of the Hugging Face implementation.
 *
 * @param queryKeyValueBias whether the q, k and v projections have a bias
 * @param outputBias whether the attention's output projection has a bias
 * @param mlpBias whether gate, up and down have a bias
 * @param fusedProjections whether checkpoints hold qkv_proj and gate_up_proj instead of q, k, v,
 *     gate and up (Phi-3); rows in that order
 * @param queryKeyNorm whether each head of queries and keys passes an RMSNorm before turning
 * @param windows one number for each layer: how many latest tokens it sees, itself included; 0
 *     means all
 */
public record ModelConfig(
    Family family,
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    double rmsNormEps,
    RopeSettings rope,
    boolean tiedEmbeddings,
    boolean fusedProjections,
    boolean queryKeyNorm,
    boolean queryKeyValueBias,
    boolean outputBias,
    boolean mlpBias,
    List<Integer> windows,
    int maxPositions,
    List<Integer> eosTokenIds,
    OptionalInt bosTokenId) {

  public ModelConfig {
    windows = List.copyOf(windows);
    eosTokenIds = List.copyOf(eosTokenIds);
    if (windows.size() != layers) {
      throw new IllegalArgumentException(
          "windows: expected one for each of " + layers + " layers, found " + windows.size());
    }
  }

  /**
   * Reads a model folder's {@code config.json}, and the end-of-text ids of its {@code
   * generation_config.json} where there is one.
   *
   * @throws UserInputException naming file, key, found and expected, if the folder has no config or
   *     the model is of an unsupported kind
   */
  public static ModelConfig read(Path folder) {
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
    String activation = json.text("hidden_act", "silu");
    if (!activation.equals("silu") && !activation.equals("swish")) {
      throw json.wrong("hidden_act", "silu (the only supported activation)");
    }
    int hidden = json.positive("hidden_size");
    int heads = json.positive("num_attention_heads");
    int kvHeads = kvHeads(json, family, heads);
    int headDim = headDim(json, family, hidden, heads);
    int layers = json.positive("num_hidden_layers");
    int maxPositions = json.positive("max_position_embeddings");
    boolean attentionBias = json.flag("attention_bias", false);
    boolean switchable = family == Family.LLAMA || family == Family.QWEN3;
    return new ModelConfig(
        family,
        json.positive("vocab_size"),
        hidden,
        json.positive("intermediate_size"),
        layers,
        heads,
        kvHeads,
        headDim,
        json.number("rms_norm_eps", family.defaultRmsNormEps()),
        RopeSettings.read(json, family, headDim, maxPositions),
        json.flag("tie_word_embeddings", false),
        family == Family.PHI3,
        family == Family.QWEN3,
        family == Family.QWEN2 || (switchable && attentionBias),
        switchable && attentionBias,
        family == Family.LLAMA && json.flag("mlp_bias", false),
        windows(json, family, layers),
        maxPositions,
        eosTokenIds(folder, json, family),
        bosTokenId(json, family));
  }

  /** The same model with its first {@code count} layers only. */
  public ModelConfig withLayers(int count) {
    return new ModelConfig(
        family,
        vocabSize,
        hiddenSize,
        intermediateSize,
        count,
        heads,
        kvHeads,
        headDim,
        rmsNormEps,
        rope,
        tiedEmbeddings,
        fusedProjections,
        queryKeyNorm,
        queryKeyValueBias,
        outputBias,
        mlpBias,
        windows.subList(0, count),
        maxPositions,
        eosTokenIds,
        bosTokenId);
  }

  /** How many latest tokens a layer sees, the current one included; empty if it sees all. */
  public OptionalInt slidingWindow(int layer) {
    int window = windows.get(layer);
    return window == 0 ? OptionalInt.empty() : OptionalInt.of(window);
  }

  /** Coordinates of all query heads together. */
  public int querySize() {
    return heads * headDim;
  }

  /** Coordinates of all key (or value) heads together. */
  public int keyValueSize() {
    return kvHeads * headDim;
  }

  private static Family family(JsonFields json) {
    List<String> architectures = json.texts("architectures");
    if (architectures.isEmpty()) {
      String type = json.text("model_type");
      for (Family family : Family.values()) {
        if (family.name().toLowerCase(Locale.ROOT).equals(type)) {
          return family;
        }
      }
      throw json.wrong("model_type", "one of llama, mistral, qwen2, qwen3, phi3");
    }
    return Family.named(architectures.get(0))
        .orElseThrow(() -> json.wrong("architectures", "one of " + Family.supported()));
  }

  private static int kvHeads(JsonFields json, Family family, int heads) {
    int kvHeads =
        json.keys().contains("num_key_value_heads")
                || family == Family.LLAMA
                || family == Family.PHI3
            ? json.positive("num_key_value_heads", heads)
            : json.positive("num_key_value_heads");
    if (heads % kvHeads != 0) {
      throw json.wrong("num_key_value_heads", "a divisor of num_attention_heads (" + heads + ")");
    }
    return kvHeads;
  }

  private static int headDim(JsonFields json, Family family, int hidden, int heads) {
    if (json.has("head_dim")) {
      return json.positive("head_dim");
    }
    if (family == Family.QWEN3) {
      return 128;
    }
    if (hidden % heads != 0) {
      throw json.wrong("hidden_size", "a multiple of num_attention_heads (" + heads + ")");
    }
    return hidden / heads;
  }

  private static List<Integer> windows(JsonFields json, Family family, int layers) {
    List<String> types =
        family == Family.QWEN2 || family == Family.QWEN3 ? json.texts("layer_types") : List.of();
    if (!types.isEmpty() && types.size() != layers) {
      throw json.wrong("layer_types", "one for each of the " + layers + " layers");
    }
    int window = window(json, family);
    int firstLayer =
        family == Family.QWEN2 || family == Family.QWEN3
            ? json.has("max_window_layers") ? json.integer("max_window_layers") : 28
            : 0;
    List<Integer> windows = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      boolean sliding = types.isEmpty() ? i >= firstLayer : isSliding(json, types.get(i));
      if (sliding && window == 0 && !types.isEmpty()) {
        throw json.wrong(
            "layer_types",
            "full_attention only, since use_sliding_window or sliding_window is off");
      }
      windows.add(sliding ? window : 0);
    }
    return windows;
  }

  private static boolean isSliding(JsonFields json, String type) {
    return switch (type) {
      case "full_attention" -> false;
      case "sliding_attention" -> true;
      default -> throw json.wrong("layer_types", "full_attention or sliding_attention for each");
    };
  }

  private static int window(JsonFields json, Family family) {
    boolean named = json.keys().contains("sliding_window");
    return switch (family) {
      case LLAMA -> 0;
      case PHI3 -> json.positive("sliding_window", 0);
      case MISTRAL -> json.positive("sliding_window", named ? 0 : 4096);
      case QWEN2, QWEN3 ->
          json.flag("use_sliding_window", false)
              ? json.positive("sliding_window", named ? 0 : 4096)
              : 0;
    };
  }

  private static List<Integer> eosTokenIds(Path folder, JsonFields json, Family family) {
    Path generation = folder.resolve("generation_config.json");
    if (Files.isRegularFile(generation)) {
      List<Integer> ids = JsonFields.read(generation).integers("eos_token_id");
      if (!ids.isEmpty()) {
        return ids;
      }
    }
    return json.keys().contains("eos_token_id")
        ? json.integers("eos_token_id")
        : family.defaultEosTokenIds();
  }

  private static OptionalInt bosTokenId(JsonFields json, Family family) {
    int id =
        json.has("bos_token_id")
            ? json.integer("bos_token_id")
            : json.keys().contains("bos_token_id") ? -1 : family.defaultBosTokenId();
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
