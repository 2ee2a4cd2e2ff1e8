package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.Collections;
import java.util.List;

/** GPT-2: LayerNorm, learned positions, fused q, k and v, matrices stored with rows for columns. */
final class GptFamilies {
  private GptFamilies() {}

  static void gpt2(Blueprint b) {
    for (String key :
        List.of(
            "scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn", "add_cross_attention")) {
      if (b.json.flag(key, false)) {
        throw b.json.wrong(key, "false: this variant is not computed");
      }
    }
    if (!b.json.flag("scale_attn_weights", true)) {
      throw b.json.wrong("scale_attn_weights", "true: this variant is not computed");
    }
    b.hidden = b.json.positive("n_embd");
    b.heads = b.json.positive("n_head");
    b.kvHeads = b.heads;
    if (b.hidden % b.heads != 0) {
      throw b.json.wrong("n_embd", "a multiple of n_head (" + b.heads + ")");
    }
    b.headDim = b.hidden / b.heads;
    b.layers = b.json.positive("n_layer");
    b.intermediate = b.json.positive("n_inner", 4 * b.hidden);
    b.maxPositions = b.json.positive("n_positions", 1024);
    b.tied = b.json.flag("tie_word_embeddings", true);
    b.layerNorm(b.json.number("layer_norm_epsilon", 1e-5), true);
    b.norms.put(NormPlace.INPUT, "ln_1");
    b.norms.put(NormPlace.FEED_FORWARD, "ln_2");
    b.linear(Projection.QKV, "attn.c_attn", true);
    b.linear(Projection.O, "attn.c_proj", true);
    b.linear(Projection.UP, "mlp.c_fc", true);
    b.linear(Projection.DOWN, "mlp.c_proj", true);
    b.transposed = true;
    b.learnedPositions = true;
    b.activation = Activation.read(b.json, "activation_function", Activation.GELU_TANH);
    b.paths = new TensorPaths("transformer.", "transformer.", "h", "wte", "ln_f", "lm_head", "wpe");
    b.windows = Collections.nCopies(b.layers, 0);
    b.ropes = List.of(RopeSettings.plain(Reading.STANDARD, b.headDim));
    b.turns = Collections.nCopies(b.layers, b.ropes.size());
    b.ids(50_256, 50_256);
  }

  /** GPT-NeoX and Pythia: q, k and v of each head in turn, a quarter of each head turns. */
  static void gptNeoX(Blueprint b) {
    b.llama(2048);
    b.layerNorm(b.json.number("layer_norm_eps", 1e-5), true);
    b.modules.clear();
    boolean bias = b.json.flag("attention_bias", true);
    b.linear(Projection.QKV, "attention.query_key_value", bias);
    b.linear(Projection.O, "attention.dense", bias);
    b.linear(Projection.UP, "mlp.dense_h_to_4h", true);
    b.linear(Projection.DOWN, "mlp.dense_4h_to_h", true);
    b.byGroup = true;
    b.parallel = b.json.flag("use_parallel_residual", true);
    b.activation = Activation.read(b.json, "hidden_act", Activation.GELU);
    b.paths =
        new TensorPaths(
            "gpt_neox.", "gpt_neox.", "layers", "embed_in", "final_layer_norm", "embed_out", "");
    double theta = b.json.number("rotary_emb_base", 10_000);
    b.rope(new Reading(theta, b.json.number("rotary_pct", 0.25), true, false));
    b.ids(0, 2);
  }

  /** Falcon: one key head for all queries, or one for each group of them; no gate. */
  static void falcon(Blueprint b) {
    if (b.json.flag("alibi", false)) {
      throw b.json.wrong("alibi", "false: ALiBi's positions are not computed here");
    }
    b.hidden = b.json.positive("hidden_size");
    b.heads = b.json.positive("num_attention_heads");
    b.headDim = b.hidden / b.heads;
    b.layers = b.json.positive("num_hidden_layers");
    b.intermediate = b.json.positive("ffn_hidden_size", 4 * b.hidden);
    b.maxPositions = b.json.positive("max_position_embeddings", 2048);
    b.tied = b.json.flag("tie_word_embeddings", true);
    b.windows = Collections.nCopies(b.layers, 0);
    boolean grouped = b.json.flag("new_decoder_architecture", false);
    boolean one = !grouped && b.json.flag("multi_query", true);
    b.kvHeads = grouped ? b.json.positive("num_kv_heads", b.heads) : one ? 1 : b.heads;
    b.byGroup = true;
    b.layerNorm(b.json.number("layer_norm_epsilon", 1e-5), true);
    falconNorms(b, grouped);
    boolean bias = b.json.flag("bias", false);
    b.linear(Projection.QKV, "self_attention.query_key_value", bias);
    b.linear(Projection.O, "self_attention.dense", bias);
    b.linear(Projection.UP, "mlp.dense_h_to_4h", bias);
    b.linear(Projection.DOWN, "mlp.dense_4h_to_h", bias);
    b.activation = Activation.read(b.json, "activation", Activation.GELU);
    b.paths =
        new TensorPaths(
            "transformer.", "transformer.", "h", "word_embeddings", "ln_f", "lm_head", "");
    b.rope(Reading.STANDARD);
    b.ids(11, 11);
  }

  private static void falconNorms(Blueprint b, boolean grouped) {
    b.parallel = b.json.flag("parallel_attn", true);
    int norms = b.json.positive("num_ln_in_parallel_attn", grouped ? 2 : 1);
    if (!b.parallel) {
      b.norms.put(NormPlace.INPUT, "input_layernorm");
      b.norms.put(NormPlace.FEED_FORWARD, "post_attention_layernorm");
    } else if (norms == 2) {
      b.norms.put(NormPlace.INPUT, "ln_attn");
      b.norms.put(NormPlace.FEED_FORWARD, "ln_mlp");
    } else {
      b.norms.put(NormPlace.INPUT, "input_layernorm");
    }
  }
}
