package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Llama, and what differs from it in biases, windows, positions or factors alone. */
final class LlamaFamilies {
  private LlamaFamilies() {}

  static void llama(Blueprint b) {
    b.llama(2048);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.biases("mlp_bias", false, Projection.GATE, Projection.UP, Projection.DOWN);
    b.rope(Reading.STANDARD);
    b.ids(1, 2);
  }

  /** Code World Model: windows in three of four layers. */
  /**
   * Llama 4's text part: experts whose inputs the router scales, windows that begin anew, layers
   * without positions whose queries grow.
   */
  static void llama4(Blueprint b) {
    b.defaultHeadDim = 128;
    b.defaultEpsilon = 1e-5;
    b.llama(131_072);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.adjacentPairs = true;
    b.rope(Reading.STANDARD);
    List<Boolean> unturned = unturned(b);
    b.turns = unturned.stream().map(u -> u ? b.ropes.size() : 0).toList();
    if (b.json.flag("use_qk_norm", true)) {
      b.queryKeyNorm = Architecture.QueryKeyNorm.UNIT_TURNED;
    }
    if (b.json.flag("attn_temperature_tuning", true)) {
      b.reach =
          new QueryReach(
              b.json.number("attn_scale", 0.1), b.json.positive("floor_scale", 8192), 1, true);
    }
    b.chunked = true;
    b.textPart = "language_model.model.";
    int chunk = b.json.positive("attention_chunk_size", 8192);
    b.windows = chunkedLayers(b, unturned).stream().map(c -> c ? chunk : 0).toList();
    MixtureFamilies.llama4(b);
    b.ids(1, 2);
  }

  /** For each layer whether its tokens have no positions. */
  private static List<Boolean> unturned(Blueprint b) {
    int interval = b.json.positive("no_rope_layer_interval", 4);
    List<Integer> turning = b.json.integers("no_rope_layers");
    if (turning.isEmpty()) {
      return IntStream.range(0, b.layers).mapToObj(i -> (i + 1) % interval == 0).toList();
    }
    if (turning.size() != b.layers) {
      throw b.json.wrong("no_rope_layers", "one number for each of the " + b.layers + " layers");
    }
    return turning.stream().map(t -> t == 0).toList();
  }

  private static List<Boolean> chunkedLayers(Blueprint b, List<Boolean> unturned) {
    List<String> types = b.json.texts("layer_types");
    if (types.isEmpty()) {
      return unturned.stream().map(u -> !u).toList();
    }
    if (types.size() != b.layers
        || !Set.of("chunked_attention", "full_attention").containsAll(types)) {
      throw b.json.wrong("layer_types", "chunked_attention or full_attention for each layer");
    }
    return types.stream().map(type -> type.equals("chunked_attention")).toList();
  }

  static void cwm(Blueprint b) {
    b.defaultHeadDim = 128;
    b.defaultEpsilon = 1e-5;
    b.llama(131_072);
    b.biases("mlp_bias", false, Projection.GATE, Projection.UP, Projection.DOWN);
    b.slide(b.window(8192), b.everyButFirstOf(4));
    b.rope(Reading.base(1_000_000));
    b.ids(128_000, 128_001, 128_008, 128_009);
  }

  /** SmolLM3: no positions in some layers. */
  static void smollm3(Blueprint b) {
    b.defaultTied = true;
    llama(b);
    b.rope(Reading.base(2_000_000));
    List<Integer> turning = b.json.integers("no_rope_layers");
    int interval = b.json.positive("no_rope_layer_interval", 4);
    if (turning.isEmpty()) {
      turning =
          IntStream.range(0, b.layers).mapToObj(i -> (i + 1) % interval == 0 ? 0 : 1).toList();
    }
    if (turning.size() != b.layers) {
      throw b.json.wrong("no_rope_layers", "one for each of the " + b.layers + " layers");
    }
    List<Boolean> sliding = new ArrayList<>();
    List<Integer> turns = new ArrayList<>();
    for (int turned : turning) {
      sliding.add(turned == 0);
      turns.add(turned == 0 ? b.ropes.size() : 0);
    }
    b.turns = turns;
    boolean windows = b.json.flag("use_sliding_window", false);
    b.slide(windows ? b.window(0) : 0, windows ? sliding : b.none());
    b.ids(128_000, 128_001);
  }

  /** Granite: factors on what is embedded, attended, added and said. */
  static void granite(Blueprint b) {
    llama(b);
    b.embeddingScale = b.json.number("embedding_multiplier", 1);
    b.attentionScale = b.json.number("attention_multiplier", 1);
    b.residualScale = b.json.number("residual_multiplier", 1);
    b.logitScale = 1 / b.json.number("logits_scaling", 1);
  }

  static void seedOss(Blueprint b) {
    b.defaultHeadDim = 128;
    b.llama(524_288);
    b.biases("attention_bias", true, Projection.Q, Projection.K, Projection.V);
    b.biases("attention_out_bias", false, Projection.O);
    b.biases("mlp_bias", false, Projection.GATE, Projection.UP, Projection.DOWN);
    b.rope(Reading.STANDARD);
    b.ids(0, 2);
  }

  /** Ernie 4.5: neighboring coordinates turn together. */
  static void ernie45(Blueprint b) {
    b.defaultHeadDim = 128;
    b.defaultEpsilon = 1e-5;
    b.defaultTied = true;
    b.llama(131_072);
    b.biases("use_bias", false, b.modules.keySet().toArray(new Projection[0]));
    b.adjacentPairs = true;
    b.rope(Reading.base(500_000));
    b.ids(1, 2);
  }

  static void helium(Blueprint b) {
    b.defaultHeadDim = 128;
    b.defaultEpsilon = 1e-8;
    b.llama(4096);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V);
    b.biases("mlp_bias", false, Projection.GATE, Projection.UP, Projection.DOWN);
    b.normFloat32 = true;
    b.adjacentPairs = true;
    b.rope(Reading.base(100_000));
    b.ids(1, 2);
  }

  /** HunYuan: queries and keys are normed after they turn. */
  static void hunyuanDense(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(2048);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.norms.put(NormPlace.QUERY, "self_attn.query_layernorm");
    b.norms.put(NormPlace.KEY, "self_attn.key_layernorm");
    b.queryKeyNorm = Architecture.QueryKeyNorm.EACH_HEAD_TURNED;
    b.rope(Reading.STANDARD);
    b.ids(1, 2);
  }

  /** Arcee: ReLU² without gate. */
  static void arcee(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(4096);
    b.modules.remove(Projection.GATE);
    b.activation = Activation.read(b.json, "hidden_act", Activation.RELU_SQUARED);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.biases("mlp_bias", false, Projection.UP, Projection.DOWN);
    b.rope(Reading.STANDARD);
    b.ids(128_000, 128_001);
  }

  /** Apertus: xIELU without gate, norms of queries and keys. */
  static void apertus(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(65_536);
    b.norms.put(NormPlace.INPUT, "attention_layernorm");
    b.norms.put(NormPlace.FEED_FORWARD, "feedforward_layernorm");
    b.normHeads();
    b.modules.remove(Projection.GATE);
    b.activation = Activation.read(b.json, "hidden_act", Activation.XIELU);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.rope(Reading.base(12_000_000));
    b.ids(1, 2);
  }
}
