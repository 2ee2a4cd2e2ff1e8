package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.List;

/** Cohere's Command: LayerNorm without bias, attention and feed-forward part side by side. */
final class CohereFamilies {
  private CohereFamilies() {}

  static void cohere(Blueprint b) {
    if (b.json.flag("use_qk_norm", false)) {
      throw b.json.wrong("use_qk_norm", "false: norms with a scale for each head are not computed");
    }
    base(b);
    b.rope(Reading.base(500_000));
  }

  private static void base(Blueprint b) {
    b.defaultTied = true;
    b.llama(8192);
    b.layerNorm(b.json.number("layer_norm_eps", 1e-5), false);
    b.norms.remove(NormPlace.FEED_FORWARD);
    b.parallel = true;
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.adjacentPairs = true;
    b.logitScale = b.json.number("logit_scale", 0.0625);
    b.ids(5, 255_001);
  }

  /** Command R7B and A: windows in three of four layers, and no positions in the others. */
  static void cohere2(Blueprint b) {
    base(b);
    b.rope(Reading.STANDARD);
    int pattern = b.json.positive("sliding_window_pattern", 4);
    List<Boolean> sliding = b.slidingLayers(b.everyButLastOf(pattern));
    b.slide(b.window(4096), sliding);
    b.turns = sliding.stream().map(slides -> slides ? 0 : b.ropes.size()).toList();
  }
}
