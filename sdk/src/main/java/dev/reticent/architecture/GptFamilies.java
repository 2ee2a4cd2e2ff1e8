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
}
