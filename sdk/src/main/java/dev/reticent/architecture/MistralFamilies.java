package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import dev.reticent.format.JsonFields;
import java.util.Collections;

/** Mistral's dense decoders: Llamas whose layers may look back over a window only. */
final class MistralFamilies {
  private MistralFamilies() {}

  /**
   * With {@code layer_types} a Mistral is a Ministral, as the Hugging Face implementation has it.
   */
  static void mistral(Blueprint b) {
    b.require("num_key_value_heads");
    b.llama(131_072);
    b.slide(b.window(4096), b.all());
    b.rope(Reading.STANDARD);
    b.ids(1, 2);
  }

  /** Ministral 3: queries grow with their position. */
  static void ministral3(Blueprint b) {
    b.defaultHeadDim = 128;
    b.defaultEpsilon = 1e-5;
    b.llama(262_144);
    b.windows = Collections.nCopies(b.layers, b.window(0));
    b.rope(Reading.base(1_000_000));
    JsonFields rope = RopeSettings.section(b.json);
    b.reach =
        new QueryReach(
            rope.number("llama_4_scaling_beta", 0),
            rope.positive("original_max_position_embeddings", b.maxPositions),
            0,
            false);
    b.ids(1, 2);
  }
}
