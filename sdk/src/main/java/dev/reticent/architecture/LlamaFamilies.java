package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;

/** Llama and what differs from it in biases, windows and norms of queries and keys alone. */
final class LlamaFamilies {
  private LlamaFamilies() {}

  static void llama(Blueprint b) {
    b.llama();
    boolean bias = b.json.flag("attention_bias", false);
    b.bias(bias, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.bias(b.json.flag("mlp_bias", false), Projection.GATE, Projection.UP, Projection.DOWN);
    b.rope(Reading.STANDARD);
    b.defaultEosTokenIds = java.util.List.of(2);
    b.defaultBosTokenId = 1;
  }
}
