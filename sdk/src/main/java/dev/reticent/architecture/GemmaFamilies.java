package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import dev.reticent.format.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Google's Gemma: norms that hold their factors less one, embeddings times √D, GELU gates. */
final class GemmaFamilies {
  private GemmaFamilies() {}

  static void gemma(Blueprint b) {
    base(b, "hidden_act");
    onlyCausal(b);
    b.rope(Reading.STANDARD);
  }

  private static void base(Blueprint b, String activationKey) {
    b.defaultHeadDim = 256;
    b.defaultTied = true;
    b.llama(8192);
    // Early Gemmas say gelu and mean its approximation.
    Activation found = Activation.read(b.json, activationKey, Activation.GELU_TANH);
    b.activation = found == Activation.GELU ? Activation.GELU_TANH : found;
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.normOffset = true;
    b.normFloat32 = true;
    b.embeddingScale = Math.sqrt(b.hidden);
    b.ids(2, 1);
  }

  private static void onlyCausal(Blueprint b) {
    if (b.json.flag("use_bidirectional_attention", false)) {
      throw b.json.wrong("use_bidirectional_attention", "false: only causal attention is computed");
    }
  }

  /**
   * Gemma 2: norms behind each part too, caps on scores and logits, a window in every other layer.
   */
  static void gemma2(Blueprint b) {
    vaultGemma(b);
    b.norms.put(NormPlace.POST_ATTENTION, "post_attention_layernorm");
    b.norms.put(NormPlace.POST_FEED_FORWARD, "post_feedforward_layernorm");
  }

  /** VaultGemma, which was pre-trained with differential privacy: Gemma 2 without norms behind. */
  static void vaultGemma(Blueprint b) {
    base(b, "hidden_activation");
    onlyCausal(b);
    b.norms.put(NormPlace.FEED_FORWARD, "pre_feedforward_layernorm");
    b.attentionScale = 1 / Math.sqrt(b.json.number("query_pre_attn_scalar", 256));
    b.attentionCap = b.orOff("attn_logit_softcapping", 50);
    b.logitCap = b.orOff("final_logit_softcapping", 30);
    b.slide(b.window(4096), b.everyButLastOf(2));
    b.rope(Reading.STANDARD);
  }

  /** Norms before and behind each part. */
  private static void normsBehind(Blueprint b) {
    b.norms.put(NormPlace.FEED_FORWARD, "pre_feedforward_layernorm");
    b.norms.put(NormPlace.POST_ATTENTION, "post_attention_layernorm");
    b.norms.put(NormPlace.POST_FEED_FORWARD, "post_feedforward_layernorm");
  }

  /** Gemma 3: norms of queries and keys, and another rotation in layers with windows. */
  static void gemma3(Blueprint b) {
    base(b, "hidden_activation");
    onlyCausal(b);
    b.maxPositions = b.json.positive("max_position_embeddings", 131_072);
    normsBehind(b);
    b.normHeads();
    b.attentionScale = 1 / Math.sqrt(b.json.number("query_pre_attn_scalar", 256));
    b.attentionCap = b.orOff("attn_logit_softcapping", 0);
    b.logitCap = b.orOff("final_logit_softcapping", 0);
    int pattern =
        b.json.positive("sliding_window_pattern", b.json.positive("_sliding_window_pattern", 6));
    List<Boolean> sliding = b.slidingLayers(b.everyButLastOf(pattern));
    b.slide(b.window(4096), sliding);
    b.turns = sliding.stream().map(slides -> slides ? 1 : 0).toList();
    Reading local = Reading.base(b.json.number("rope_local_base_freq", 10_000));
    b.ropes = b.ropesByLayerType(Reading.base(1_000_000), local);
  }

  /**
   * Gemma 4: layers that see all have heads of their own size, values are normed, and each layer's
   * output is scaled. The small ones let the last layers see keys and values of earlier ones, and
   * give each layer an input of its own.
   */
  static void gemma4(Blueprint b) {
    b.require("num_key_value_heads");
    base(b, "hidden_activation");
    if (b.json.text("use_bidirectional_attention", "vision").equals("all")) {
      throw b.json.wrong("use_bidirectional_attention", "vision or null: text is read causally");
    }
    b.maxPositions = b.json.positive("max_position_embeddings", 131_072);
    b.normOffset = false;
    normsBehind(b);
    b.normHeads();
    b.valuesNormed = true;
    b.attentionScale = 1;
    b.layerScaled = true;
    b.logitCap = b.orOff("final_logit_softcapping", 0);
    List<Boolean> sliding = new ArrayList<>(b.slidingLayers(b.everyButLastOf(6)));
    sliding.set(b.layers - 1, false); // as the library has it, whatever the config says
    int window = b.window(512);
    b.windows = sliding.stream().map(slides -> slides ? window : 0).toList();
    b.turns = sliding.stream().map(slides -> slides ? 1 : 0).toList();
    b.shapes = IntStream.range(0, b.layers).mapToObj(i -> shape(b, i, sliding)).toList();
    int full = sliding.indexOf(false);
    b.ropes =
        List.of(
            b.rope("full_attention", Reading.base(1_000_000), b.shapes.get(full).headDim()),
            b.rope("sliding_attention", Reading.base(10_000), b.headDim));
    layerInput(b);
    if (b.json.flag("enable_moe_block", false)) {
      experts(b);
    }
  }

  /** Experts beside the dense part, each between norms of its own; so has the router. */
  private static void experts(Blueprint b) {
    MixtureFamilies.besideDense(
        b,
        b.json.positive("num_experts"),
        b.json.positive("top_k_experts"),
        b.json.positive("moe_intermediate_size"));
    b.norms.put(NormPlace.EXPERTS, "pre_feedforward_layernorm_2");
    b.norms.put(NormPlace.POST_DENSE, "post_feedforward_layernorm_1");
    b.norms.put(NormPlace.POST_EXPERTS, "post_feedforward_layernorm_2");
  }

  private static LayerShape shape(Blueprint b, int layer, List<Boolean> sliding) {
    int first = b.layers - shared(b);
    boolean slides = sliding.get(layer);
    if (layer >= first && !sliding.subList(0, first).contains(slides)) {
      throw b.json.wrong(
          "num_kv_shared_layers", "less: before these no layer looks back as layer " + layer);
    }
    int kvHeads = b.kvHeads;
    int headDim = b.headDim;
    boolean keysAreValues = b.json.flag("attention_k_eq_v", false) && !slides;
    if (b.json.isObject("per_layer_config")) {
      JsonFields own = b.json.object("per_layer_config");
      if (own.isObject(Integer.toString(layer))) {
        JsonFields sizes = own.object(Integer.toString(layer));
        headDim = sizes.positive("head_dim", headDim);
        kvHeads = sizes.positive("num_key_value_heads", kvHeads);
      }
    } else if (!slides) {
      headDim = b.json.positive("global_head_dim", 512);
      kvHeads = keysAreValues ? b.json.positive("num_global_key_value_heads", kvHeads) : kvHeads;
    }
    if (b.heads % kvHeads != 0) {
      throw b.json.wrong(
          "num_global_key_value_heads", "a divisor of num_attention_heads (" + b.heads + ")");
    }
    boolean wide = b.json.flag("use_double_wide_mlp", false) && layer >= first;
    LayerShape.Keys keys =
        layer >= first
            ? LayerShape.Keys.OF_ANOTHER
            : keysAreValues ? LayerShape.Keys.AS_VALUES : LayerShape.Keys.OWN;
    boolean mixture = b.json.flag("enable_moe_block", false);
    return new LayerShape(kvHeads, headDim, (wide ? 2 : 1) * b.intermediate, mixture, keys);
  }

  /** How many layers, the last ones, see keys and values of earlier ones. */
  private static int shared(Blueprint b) {
    String key = "num_kv_shared_layers";
    int count = b.json.has(key) ? b.json.integer(key) : 0;
    if (count < 0 || count >= b.layers) {
      throw b.json.wrong(key, "less than num_hidden_layers (" + b.layers + ")");
    }
    return count;
  }

  private static void layerInput(Blueprint b) {
    int size =
        b.json.has("hidden_size_per_layer_input")
            ? b.json.integer("hidden_size_per_layer_input")
            : 0;
    if (size <= 0) {
      return;
    }
    int vocabulary = b.json.positive("vocab_size_per_layer_input", 262_144);
    if (vocabulary < b.json.positive("vocab_size")) {
      throw b.json.wrong("vocab_size_per_layer_input", "no less than vocab_size");
    }
    b.layerInput =
        Optional.of(
            new LayerInput(
                size,
                vocabulary,
                "embed_tokens_per_layer",
                "per_layer_model_projection",
                "per_layer_projection_norm"));
    b.linear(Projection.INPUT_GATE, "per_layer_input_gate", false);
    b.linear(Projection.INPUT_DOWN, "per_layer_projection", false);
    b.norms.put(NormPlace.POST_LAYER_INPUT, "post_per_layer_input_norm");
  }
}
