package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.List;

/** Google's Gemma: norms that hold their factors less one, embeddings times √D, GELU gates. */
final class GemmaFamilies {
  private GemmaFamilies() {}

  static void gemma(Blueprint b) {
    base(b, "hidden_act");
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
    if (b.json.flag("use_bidirectional_attention", false)) {
      throw b.json.wrong("use_bidirectional_attention", "false: only causal attention is computed");
    }
    b.ids(2, 1);
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
    b.norms.put(NormPlace.FEED_FORWARD, "pre_feedforward_layernorm");
    b.attentionScale = 1 / Math.sqrt(b.json.number("query_pre_attn_scalar", 256));
    b.attentionCap = b.orOff("attn_logit_softcapping", 50);
    b.logitCap = b.orOff("final_logit_softcapping", 30);
    b.slide(b.window(4096), b.everyButLastOf(2));
    b.rope(Reading.STANDARD);
  }

  /** Gemma 3: norms of queries and keys, and another rotation in layers with windows. */
  static void gemma3(Blueprint b) {
    base(b, "hidden_activation");
    b.maxPositions = b.json.positive("max_position_embeddings", 131_072);
    b.norms.put(NormPlace.FEED_FORWARD, "pre_feedforward_layernorm");
    b.norms.put(NormPlace.POST_ATTENTION, "post_attention_layernorm");
    b.norms.put(NormPlace.POST_FEED_FORWARD, "post_feedforward_layernorm");
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
}
