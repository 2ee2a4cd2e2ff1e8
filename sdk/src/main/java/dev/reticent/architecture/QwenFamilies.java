package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.stream.IntStream;

/** Qwen's dense decoders: biases of q, k and v, or norms of queries and keys; windows by layer. */
final class QwenFamilies {
  private QwenFamilies() {}

  static void qwen2(Blueprint b) {
    b.require("num_key_value_heads");
    b.llama(32_768);
    b.bias(true, Projection.Q, Projection.K, Projection.V);
    windows(b);
    b.rope(Reading.STANDARD);
  }

  static void qwen3(Blueprint b) {
    b.require("num_key_value_heads");
    b.defaultHeadDim = 128;
    b.llama(32_768);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.normHeads();
    windows(b);
    b.rope(Reading.STANDARD);
  }

  private static void windows(Blueprint b) {
    int window = b.json.flag("use_sliding_window", false) ? b.window(4096) : 0;
    int first = b.json.has("max_window_layers") ? b.json.integer("max_window_layers") : 28;
    b.slide(window, IntStream.range(0, b.layers).mapToObj(i -> i >= first).toList());
  }
}
