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

  /** GLM-4-0414: norms behind each part too. */
  static void glm4(Blueprint b) {
    glm(b);
    b.norms.put(NormPlace.POST_ATTENTION, "post_self_attn_layernorm");
    b.norms.put(NormPlace.POST_FEED_FORWARD, "post_mlp_layernorm");
  }
}
