package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.List;

/** OLMo's decoders, and EXAONE 4; but for the first, norms stand behind each part alone. */
final class OlmoFamilies {
  private OlmoFamilies() {}

  /** OLMo 1: LayerNorm without factors, queries, keys and values within bounds. */
  static void olmo(Blueprint b) {
    b.llama(2048);
    b.layerNorm(1e-5, false);
    b.normFactors = false;
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.clip();
    b.rope(Reading.STANDARD);
    b.defaultEosTokenIds = List.of(50_279);
  }

  static void olmo2(Blueprint b) {
    base(b);
    b.rope(Reading.STANDARD);
  }

  private static void base(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(2048);
    normsBehind(b);
    b.normFloat32 = true;
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.normHeads();
    b.queryKeyNorm = Architecture.QueryKeyNorm.WHOLE_WIDTH;
    b.defaultEosTokenIds = List.of(50_279);
  }

  private static void normsBehind(Blueprint b) {
    b.norms.clear();
    b.norms.put(NormPlace.POST_ATTENTION, "post_attention_layernorm");
    b.norms.put(NormPlace.POST_FEED_FORWARD, "post_feedforward_layernorm");
  }

  /** OLMo 3: windows in three of four layers, and longer rotations in the others only. */
  static void olmo3(Blueprint b) {
    base(b);
    List<Boolean> sliding = b.slidingLayers(b.everyButLastOf(4));
    b.slide(b.window(4096), sliding);
    b.turns = sliding.stream().map(slides -> slides ? 1 : 0).toList();
    Reading theta = Reading.base(b.json.number("rope_theta", 500_000));
    b.ropes = b.ropesByLayerType(theta, theta);
  }

  /** EXAONE 4: norms of each head; where some layers have windows, the others have no positions. */
  static void exaone4(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(2048);
    normsBehind(b);
    b.normHeads();
    b.rope(Reading.STANDARD);
    int window = b.window(4096);
    if (window > 0) {
      int pattern = b.json.positive("sliding_window_pattern", 4);
      List<Boolean> sliding = b.slidingLayers(b.everyButLastOf(pattern));
      b.slide(window, sliding);
      b.turns = sliding.stream().map(slides -> slides ? 0 : b.ropes.size()).toList();
    }
    b.ids(0, 2);
  }
}
