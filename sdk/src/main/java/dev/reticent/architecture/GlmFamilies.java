package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.List;

/** GLM: half of each head turns, by neighboring coordinates; gate and up are one matrix. */
final class GlmFamilies {
  private GlmFamilies() {}

  static void glm(Blueprint b) {
    b.defaultHeadDim = 128;
    b.defaultEpsilon = 1.5625e-7;
    b.llama(131_072);
    b.fuseGateAndUp();
    b.biases("attention_bias", true, Projection.Q, Projection.K, Projection.V);
    b.adjacentPairs = true;
    b.rope(Reading.partial(0.5));
    b.defaultEosTokenIds = List.of(151_329, 151_336, 151_338);
  }

  /** GLM-4.5: neighbors no more; DeepSeek-V3's experts. */
  static void glm4Moe(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(131_072);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V);
    if (b.json.flag("use_qk_norm", false)) {
      b.normHeads();
    }
    GroupedExperts.corrected(b, true, 1, GroupedExperts.after(b, 1));
    b.rope(Reading.partial(0.5));
  }

  /** GLM-4-0414: norms behind each part too. */
  static void glm4(Blueprint b) {
    glm(b);
    b.norms.put(NormPlace.POST_ATTENTION, "post_self_attn_layernorm");
    b.norms.put(NormPlace.POST_FEED_FORWARD, "post_mlp_layernorm");
  }
}
