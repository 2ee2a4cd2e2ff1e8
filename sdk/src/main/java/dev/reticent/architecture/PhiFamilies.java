package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.Collections;

/** Microsoft's Phi. */
final class PhiFamilies {
  private PhiFamilies() {}

  /** Phi-1 and 2: LayerNorm, both parts of a layer side by side, biases everywhere. */
  static void phi(Blueprint b) {
    if (b.json.flag("qk_layernorm", false)) {
      throw b.json.wrong("qk_layernorm", "false: these norms are not computed");
    }
    b.llama(2048);
    b.layerNorm(b.json.number("layer_norm_eps", 1e-5), true);
    b.norms.remove(NormPlace.FEED_FORWARD);
    b.parallel = true;
    b.modules.remove(Projection.GATE);
    b.linear(Projection.O, "self_attn.dense", false);
    b.linear(Projection.UP, "mlp.fc1", false);
    b.linear(Projection.DOWN, "mlp.fc2", false);
    b.bias(true, b.modules.keySet().toArray(new Projection[0]));
    b.headBias = true;
    b.activation = Activation.read(b.json, "hidden_act", Activation.GELU_TANH);
    b.paths = b.paths.finalNormNamed("final_layernorm");
    b.rope(Reading.partial(0.5));
    b.ids(1, 2);
  }

  /** Phi-3 and 4: fused matrices, longrope. */
  static void phi3(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    b.llama(4096);
    b.modules.clear();
    b.linear(Projection.QKV, "self_attn.qkv_proj", false);
    b.linear(Projection.O, "self_attn.o_proj", false);
    b.linear(Projection.GATE_UP, "mlp.gate_up_proj", false);
    b.linear(Projection.DOWN, "mlp.down_proj", false);
    b.windows = Collections.nCopies(b.layers, b.window(0));
    b.rope(new Reading(10_000, 1, true, true));
    b.ids(1, 32_000);
  }
}
