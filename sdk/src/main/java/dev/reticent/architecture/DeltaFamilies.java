package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Qwen3-Next and Qwen 3.5: layers with the gated delta rule, and among them some with attention,
 * whose output is gated.
 */
final class DeltaFamilies {

  private static final String LINEAR = "linear_attention";
  private static final String FULL = "full_attention";

  private DeltaFamilies() {}

  /**
   * Its projections have what belongs to each key head in turn; some layers may have no experts.
   */
  static void qwen3Next(Blueprint b) {
    base(b, true);
    b.linear(Projection.DELTA_QKVZ, "linear_attn.in_proj_qkvz", false);
    b.linear(Projection.DELTA_BA, "linear_attn.in_proj_ba", false);
    b.linear(Projection.DELTA_O, "linear_attn.out_proj", false);
    int dense = b.intermediate;
    boolean shares = b.json.flag("norm_topk_prob", true);
    MixtureFamilies.qwenShared(
        b, 512, 10, 512, shares ? Mixture.Routing.CHOSEN : Mixture.Routing.ALL);
    MixtureFamilies.qwenDenseLayers(b, dense);
  }

  static void qwen35(Blueprint b) {
    base(b, false);
    separate(b);
  }

  static void qwen35Moe(Blueprint b) {
    b.defaultIntermediate = 1; // no layer is without experts
    base(b, false);
    separate(b);
    MixtureFamilies.qwenShared(b, 256, 8, 512, Mixture.Routing.CHOSEN);
  }

  private static void separate(Blueprint b) {
    b.linear(Projection.DELTA_QKV, "linear_attn.in_proj_qkv", false);
    b.linear(Projection.DELTA_Z, "linear_attn.in_proj_z", false);
    b.linear(Projection.DELTA_B, "linear_attn.in_proj_b", false);
    b.linear(Projection.DELTA_A, "linear_attn.in_proj_a", false);
    b.linear(Projection.DELTA_O, "linear_attn.out_proj", false);
  }

  /** All but the maps of the delta rule and experts. */
  private static void base(Blueprint b, boolean byKeyHead) {
    b.require("num_key_value_heads");
    b.defaultHeadDim = 256;
    b.llama(32_768);
    if (b.activation != Activation.SILU) {
      throw b.json.wrong(
          "hidden_act", "silu: layers with the delta rule are computed with no other");
    }
    b.biases("attention_bias", false, Projection.Q, Projection.K, Projection.V, Projection.O);
    b.normHeads();
    b.normOffset = true;
    b.normFloat32 = true;
    b.gatedAttention = true;
    b.delta = Optional.of(deltaRule(b, byKeyHead));
    b.mixers = mixers(b);
    b.rope(Reading.partial(0.25));
  }

  private static DeltaRule deltaRule(Blueprint b, boolean byKeyHead) {
    int keyHeads = b.json.positive("linear_num_key_heads", 16);
    int valueHeads = b.json.positive("linear_num_value_heads", 32);
    if (valueHeads % keyHeads != 0) {
      throw b.json.wrong(
          "linear_num_value_heads", "a multiple of linear_num_key_heads (" + keyHeads + ")");
    }
    return new DeltaRule(
        keyHeads,
        valueHeads,
        b.json.positive("linear_key_head_dim", 128),
        b.json.positive("linear_value_head_dim", 128),
        b.json.positive("linear_conv_kernel_dim", 4),
        byKeyHead);
  }

  private static List<Mixer> mixers(Blueprint b) {
    List<String> types = b.json.texts("layer_types");
    if (types.isEmpty()) {
      int every = b.json.positive("full_attention_interval", 4);
      types =
          IntStream.range(0, b.layers).mapToObj(i -> (i + 1) % every == 0 ? FULL : LINEAR).toList();
    }
    if (types.size() != b.layers) {
      throw b.json.wrong("layer_types", "one for each of the " + b.layers + " layers");
    }
    List<Mixer> mixers = new ArrayList<>();
    for (String type : types) {
      mixers.add(
          switch (type) {
            case LINEAR -> Mixer.DELTA_RULE;
            case FULL -> Mixer.ATTENTION;
            default -> throw b.json.wrong("layer_types", LINEAR + " or " + FULL + " for each");
          });
    }
    return mixers;
  }
}
