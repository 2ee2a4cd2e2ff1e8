package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.Collections;
import java.util.List;

/** Llamas whose layers may look back over a window only. */
final class MistralFamilies {
  private MistralFamilies() {}

  static void mistral(Blueprint b) {
    b.require("num_key_value_heads");
    b.llama();
    boolean named = b.json.keys().contains("sliding_window");
    int window = b.json.positive("sliding_window", named ? 0 : 4096);
    b.windows = Collections.nCopies(b.layers, window);
    b.rope(Reading.STANDARD);
    b.defaultEosTokenIds = List.of(2);
    b.defaultBosTokenId = 1;
  }
}
