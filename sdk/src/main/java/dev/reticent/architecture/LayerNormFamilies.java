package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.Collections;

/** Decoders with LayerNorm and its bias, rotary positions, mostly without a gate. */
final class LayerNormFamilies {
  private LayerNormFamilies() {}

  static void starcoder2(Blueprint b) {
    b.defaultTied = true;
    b.llama(4096);
    b.layerNorm(b.json.number("norm_epsilon", 1e-5), true);
    b.modules.remove(Projection.GATE);
    b.linear(Projection.UP, "mlp.c_fc", false);
    b.linear(Projection.DOWN, "mlp.c_proj", false);
    b.activation = Activation.read(b.json, "hidden_act", Activation.GELU_TANH);
    b.biases("use_bias", true, b.modules.keySet().toArray(new Projection[0]));
    b.windows = Collections.nCopies(b.layers, b.window(0));
    b.rope(Reading.STANDARD);
    b.ids(50_256, 50_256);
  }

  static void stableLm(Blueprint b) {
    if (b.json.flag("qk_layernorm", false)) {
      throw b.json.wrong("qk_layernorm", "false: norms of each head's own are not computed");
    }
    b.llama(4096);
    b.layerNorm(b.json.number("layer_norm_eps", 1e-5), true);
    b.parallel = b.json.flag("use_parallel_residual", false);
    if (b.parallel) {
      b.norms.remove(NormPlace.FEED_FORWARD);
    }
    b.biases("use_qkv_bias", false, Projection.Q, Projection.K, Projection.V);
    b.rope(Reading.partial(0.25));
    b.ids(0, 0);
  }

  /** Nemotron: norms that hold their factors less one, ReLU². */
  static void nemotron(Blueprint b) {
    b.llama(4096);
    b.layerNorm(b.json.number("norm_eps", 1e-5), true);
    b.normOffset = true;
    b.modules.remove(Projection.GATE);
    b.activation = Activation.read(b.json, "hidden_act", Activation.RELU_SQUARED);
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.biases("mlp_bias", false, Projection.UP, Projection.DOWN);
    b.rope(Reading.partial(0.5));
    b.ids(2, 3);
  }
}
