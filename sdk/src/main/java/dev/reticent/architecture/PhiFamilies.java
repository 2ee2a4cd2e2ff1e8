package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.Collections;
import java.util.List;

/** Microsoft's Phi. */
final class PhiFamilies {
  private PhiFamilies() {}

  static void phi3(Blueprint b) {
    b.llama();
    b.epsilon = b.json.number("rms_norm_eps", 1e-5);
    b.modules.clear();
    b.linear(Projection.QKV, "self_attn.qkv_proj", false);
    b.linear(Projection.O, "self_attn.o_proj", false);
    b.linear(Projection.GATE_UP, "mlp.gate_up_proj", false);
    b.linear(Projection.DOWN, "mlp.down_proj", false);
    b.windows = Collections.nCopies(b.layers, b.json.positive("sliding_window", 0));
    b.rope(new Reading(10_000, 1, true, true));
    b.defaultEosTokenIds = List.of(32000);
    b.defaultBosTokenId = 1;
  }
}
