package dev.reticent.architecture;

import dev.reticent.format.JsonFields;
import java.util.Locale;
import java.util.Map;

/** The elementwise function of the feed-forward part. */
public enum Activation {
  SILU,
  /** x·Φ(x), by the error function. */
  GELU,
  /** GELU by its approximation with tanh. */
  GELU_TANH,
  /**
   * min(x, limit)·σ(slope·min(x, limit)), and ups clamped and raised by one: {@link Mixture.Gate}.
   */
  CLAMPED_SILU,
  /** max(x, 0)². */
  RELU_SQUARED,
  /** αₚx² + βx right of zero, αₙ(exp(min(x, ε)) − 1 − x) + βx left of it; α of each layer's own. */
  XIELU;

  /** The functions' names in config files. */
  private static final Map<String, Activation> NAMES =
      Map.of(
          "silu", SILU,
          "swish", SILU,
          "gelu", GELU,
          "gelu_new", GELU_TANH,
          "gelu_fast", GELU_TANH,
          "gelu_pytorch_tanh", GELU_TANH,
          "relu2", RELU_SQUARED,
          "xielu", XIELU);

  static Activation read(JsonFields json, String key, Activation absent) {
    if (!json.has(key)) {
      return absent;
    }
    Activation found = NAMES.get(json.text(key));
    if (found == null) {
      throw json.wrong(key, "one of silu, gelu, gelu_new, gelu_pytorch_tanh, relu2");
    }
    return found;
  }

  /** The name in the decoder's script. */
  public String inScript() {
    return name().toLowerCase(Locale.ROOT);
  }
}
