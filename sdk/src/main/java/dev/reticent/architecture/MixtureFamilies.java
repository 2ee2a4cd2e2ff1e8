package dev.reticent.architecture;

import dev.reticent.architecture.Mixture.Gate;
import dev.reticent.architecture.Mixture.Groups;
import dev.reticent.architecture.Mixture.Routing;
import dev.reticent.architecture.Mixture.Storage;
import dev.reticent.architecture.RopeSettings.Reading;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Decoders whose feed-forward part is a mixture of experts. */
final class MixtureFamilies {

  /** One tensor for each expert, called as in a Llama. */
  static final Storage NAMED =
      new Storage(
          List.of("mlp.experts.%d.gate_proj.weight", "mlp.experts.%d.up_proj.weight"),
          List.of("mlp.experts.%d.down_proj.weight"),
          false,
          false);

  /** One tensor for each expert, called as in Mixtral. */
  private static final Storage NUMBERED =
      new Storage(
          List.of("block_sparse_moe.experts.%d.w1.weight", "block_sparse_moe.experts.%d.w3.weight"),
          List.of("block_sparse_moe.experts.%d.w2.weight"),
          false,
          false);

  private MixtureFamilies() {}

  static void mixtral(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(131_072);
    mixture(b, 8, 2, b.intermediate, Routing.CHOSEN, NUMBERED);
    b.linear(Projection.ROUTER, "block_sparse_moe.gate", false);
    b.orNamed(Projection.ROUTER, "mlp.gate");
    b.windows = Collections.nCopies(b.layers, b.window(0));
    b.rope(Reading.base(1_000_000));
    b.ids(1, 2);
  }

  static void qwen3Moe(Blueprint b) {
    b.require("num_key_value_heads");
    b.llama(32_768);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.normHeads();
    int dense = b.intermediate;
    qwenMixture(b, 128, 8, 768);
    qwenDenseLayers(b, dense);
    int window = b.json.flag("use_sliding_window", false) ? b.window(4096) : 0;
    b.windows = Collections.nCopies(b.layers, window);
    b.rope(Reading.STANDARD);
  }

  /** Qwen2-MoE: beside the chosen experts one that all tokens pass, as much as its gate says. */
  static void qwen2Moe(Blueprint b) {
    b.require("num_key_value_heads");
    b.llama(32_768);
    b.biases("qkv_bias", true, Projection.Q, Projection.K, Projection.V);
    int dense = b.intermediate;
    qwenMixture(b, 60, 4, 1408);
    shared(b, 5632);
    qwenDenseLayers(b, dense);
    int window = b.json.flag("use_sliding_window", false) ? b.window(4096) : 0;
    int first = b.json.positive("max_window_layers", 28);
    b.slide(window, IntStream.range(0, b.layers).mapToObj(i -> i % 2 == 0 && i < first).toList());
    b.rope(Reading.STANDARD);
  }

  /** Experts beside one that all tokens pass, in layers whose attention is another family's. */
  static void qwenShared(Blueprint b, int experts, int chosen, int size, Routing routing) {
    mixture(b, experts, chosen, b.json.positive("moe_intermediate_size", size), routing, NAMED);
    b.linear(Projection.ROUTER, "mlp.gate", false);
    shared(b, 512);
  }

  private static void shared(Blueprint b, int size) {
    b.intermediate = b.json.positive("shared_expert_intermediate_size", size);
    b.linear(Projection.GATE, "mlp.shared_expert.gate_proj", false);
    b.linear(Projection.UP, "mlp.shared_expert.up_proj", false);
    b.linear(Projection.DOWN, "mlp.shared_expert.down_proj", false);
    b.linear(Projection.SHARED_GATE, "mlp.shared_expert_gate", false);
  }

  private static void qwenMixture(Blueprint b, int experts, int chosen, int size) {
    Routing routing = b.json.flag("norm_topk_prob", false) ? Routing.CHOSEN : Routing.ALL;
    int each = b.json.positive("moe_intermediate_size", size);
    mixture(b, experts, chosen, each, routing, NAMED);
    b.linear(Projection.ROUTER, "mlp.gate", false);
  }

  /** Some layers may have no experts: those that are named, and all but each so many. */
  static void qwenDenseLayers(Blueprint b, int size) {
    int step = b.json.positive("decoder_sparse_step", 1);
    List<Integer> named =
        b.json.isEmpty("mlp_only_layers") ? List.of() : b.json.integers("mlp_only_layers");
    DenseLayers.among(
        b,
        IntStream.range(0, b.layers)
            .mapToObj(i -> named.contains(i) || (i + 1) % step != 0)
            .toList(),
        size);
  }

  static void olmoe(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(4096);
    b.clip();
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.normHeads();
    b.queryKeyNorm = Architecture.QueryKeyNorm.WHOLE_WIDTH;
    Routing routing = b.json.flag("norm_topk_prob", false) ? Routing.CHOSEN : Routing.ALL;
    mixture(b, 64, 8, b.intermediate, routing, NAMED);
    b.linear(Projection.ROUTER, "mlp.gate", false);
    b.rope(Reading.STANDARD);
    b.defaultEosTokenIds = List.of(50_279);
  }

  /** Phi-MoE: LayerNorm, and SparseMixer's choice of two without its noise. */
  static void phiMoe(Blueprint b) {
    b.llama(131_072);
    b.layerNorm(b.json.number("rms_norm_eps", 1e-5), true);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.headBias = b.json.flag("lm_head_bias", false);
    mixture(b, 16, 2, b.intermediate, Routing.SPARSE_MIXER, NUMBERED);
    if (b.mixture.orElseThrow().chosen() != 2) {
      throw b.json.wrong("num_experts_per_tok", "2, as SparseMixer has it");
    }
    b.linear(Projection.ROUTER, "block_sparse_moe.gate", false);
    b.orNamed(Projection.ROUTER, "mlp.router");
    b.windows = Collections.nCopies(b.layers, b.window(0));
    b.rope(Reading.base(1_000_000));
    b.ids(1, 2);
  }

  static void graniteMoe(Blueprint b) {
    LlamaFamilies.granite(b);
    b.attentionScale = b.json.number("attention_multiplier", 1);
    Storage storage = new Storage(List.of(), List.of(), false, false, "block_sparse_moe.experts");
    mixture(b, 8, 2, b.intermediate, Routing.CHOSEN, storage);
    b.linear(Projection.ROUTER, "block_sparse_moe.router.layer", false);
    b.linear(Projection.EXPERT_GATE_UP, "block_sparse_moe.input_linear.weight", false);
    b.linear(Projection.EXPERT_DOWN, "block_sparse_moe.output_linear.weight", false);
    b.orNamed(Projection.ROUTER, "block_sparse_moe.router");
    b.orNamed(Projection.EXPERT_GATE_UP, "block_sparse_moe.experts.gate_up_proj");
    b.orNamed(Projection.EXPERT_DOWN, "block_sparse_moe.experts.down_proj");
    b.ids(1, 2);
  }

  /**
   * gpt-oss: sinks in attention, clamped gates, biases everywhere, windows in every other layer.
   */
  static void gptOss(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.defaultHeadDim = 64;
    b.llama(131_072);
    b.normFloat32 = true;
    b.sinks = true;
    b.biases("attention_bias", true, Projection.Q, Projection.K, Projection.V, Projection.O);
    Storage storage = new Storage(List.of(), List.of(), true, true);
    mixture(b, 128, 4, b.intermediate, Routing.CHOSEN, storage);
    b.linear(Projection.ROUTER, "mlp.router", true);
    b.linear(Projection.EXPERT_GATE_UP, "mlp.experts.gate_up_proj", true);
    b.linear(Projection.EXPERT_DOWN, "mlp.experts.down_proj", true);
    b.activation = Activation.CLAMPED_SILU;
    b.slide(b.window(128), IntStream.range(0, b.layers).mapToObj(i -> i % 2 == 0).toList());
    b.rope(Reading.base(150_000));
  }

  /** dots.llm1: a Qwen-3 with DeepSeek-V3's experts. */
  static void dots1(Blueprint b) {
    b.llama(2048);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.normHeads();
    GroupedExperts.corrected(b, false, 1, GroupedExperts.after(b, 0));
    int window = b.window(4096);
    int first = b.json.positive("max_window_layers", 62);
    b.slide(window, IntStream.range(0, b.layers).mapToObj(i -> window > 0 && i >= first).toList());
    b.rope(Reading.STANDARD);
  }

  /** Llama 4's experts, beside one that all tokens pass; not in every layer. */
  static void llama4(Blueprint b) {
    int size = b.intermediate;
    Storage storage = new Storage(List.of(), List.of(), true, false, "feed_forward.experts", true);
    mixture(b, 16, 1, size, Routing.INPUT, storage);
    b.linear(Projection.ROUTER, "feed_forward.router", false);
    b.linear(Projection.EXPERT_GATE_UP, "feed_forward.experts.gate_up_proj", false);
    b.linear(Projection.EXPERT_DOWN, "feed_forward.experts.down_proj", false);
    b.intermediate = size;
    b.linear(Projection.GATE, "feed_forward.shared_expert.gate_proj", false);
    b.linear(Projection.UP, "feed_forward.shared_expert.up_proj", false);
    b.linear(Projection.DOWN, "feed_forward.shared_expert.down_proj", false);
    int step = b.json.positive("interleave_moe_layer_step", 1);
    boolean named = b.json.has("moe_layers");
    List<Integer> with = named ? b.json.integers("moe_layers") : List.of();
    DenseLayers.among(
        b,
        IntStream.range(0, b.layers)
            .mapToObj(i -> named ? !with.contains(i) : (i + 1) % step != 0)
            .toList(),
        b.json.positive("intermediate_size_mlp", 16_384),
        "feed_forward");
  }

  /** Experts beside the dense part, which stays; softmax over the chosen ones. */
  static void besideDense(Blueprint b, int experts, int chosen, int size) {
    if (chosen > experts) {
      throw b.json.wrong("top_k_experts", "no more than num_experts (" + experts + ")");
    }
    Storage storage = new Storage(List.of(), List.of(), false, false, "experts");
    Gate unclamped = new Gate(0, 1);
    b.mixture =
        Optional.of(
            new Mixture(
                experts, chosen, size, Routing.CHOSEN, Groups.NONE, 1, "", 0, unclamped, storage));
    b.linear(Projection.ROUTER, "router.proj", false);
    b.linear(Projection.EXPERT_GATE_UP, "experts.gate_up_proj", false);
    b.linear(Projection.EXPERT_DOWN, "experts.down_proj", false);
  }

  /** Experts take the place of the feed-forward part. */
  private static void mixture(
      Blueprint b, int experts, int chosen, int size, Routing routing, Storage storage) {
    // The library took one of these keys for the other over time.
    String key = b.json.has("num_experts") ? "num_experts" : "num_local_experts";
    int count = b.json.positive(key, experts);
    int each = b.json.positive("num_experts_per_tok", chosen);
    if (each > count) {
      throw b.json.wrong("num_experts_per_tok", "no more than " + key + " (" + count + ")");
    }
    Gate gate = new Gate(b.json.number("swiglu_limit", 7), b.json.number("swiglu_alpha", 1.702));
    double noise = b.json.number("router_jitter_noise", 0.01);
    b.mixture =
        Optional.of(
            new Mixture(count, each, size, routing, Groups.NONE, 1, "", noise, gate, storage));
    b.intermediate = 0;
    b.modules.remove(Projection.GATE);
    b.modules.remove(Projection.UP);
    b.modules.remove(Projection.DOWN);
    b.linear(Projection.EXPERT_GATE_UP, "mlp.experts.gate_up_proj", false);
    b.linear(Projection.EXPERT_DOWN, "mlp.experts.down_proj", false);
  }
}
