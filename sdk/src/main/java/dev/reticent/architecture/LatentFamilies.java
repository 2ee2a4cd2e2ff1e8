package dev.reticent.architecture;

import dev.reticent.architecture.Mixture.Groups;
import dev.reticent.architecture.Mixture.Routing;
import dev.reticent.architecture.RopeSettings.Reading;
import dev.reticent.format.JsonFields;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Decoders with latent attention: DeepSeek's, and those built after them. */
final class LatentFamilies {

  /** The ε of the latents' norms, which no config says. */
  private static final double EPSILON = 1e-6;

  private LatentFamilies() {}

  /** Softmax over all experts, and the largest of it, perhaps out of the best groups. */
  static void deepseekV2(Blueprint b) {
    attention(b, 1536, 2048);
    b.adjacentPairs = true;
    b.biases("mlp_bias", false, Projection.GATE, Projection.UP, Projection.DOWN);
    expect(b, "scoring_func", "softmax");
    if (b.json.flag("norm_topk_prob", false)) {
      throw b.json.wrong("norm_topk_prob", "false: its implementations differ on true");
    }
    Groups groups =
        switch (b.json.text("topk_method", "greedy")) {
          case "greedy" -> Groups.NONE;
          case "group_limited_greedy" -> groups(b);
          default -> throw b.json.wrong("topk_method", "greedy or group_limited_greedy");
        };
    MixtureFamilies.grouped(b, Routing.ALL, groups, b.json.number("routed_scaling_factor", 1));
    b.ids(1, 2);
  }

  /** σ of each expert's logit, chosen by that and a correction that the checkpoint holds. */
  static void deepseekV3(Blueprint b) {
    attention(b, 1536, 4096);
    b.adjacentPairs = b.json.flag("rope_interleave", true);
    corrected(b, true, 2.5);
    b.ids(0, 1);
  }

  /** That routing, as other families have it too. */
  static void corrected(Blueprint b, boolean shares, double scale) {
    expect(b, "scoring_func", "sigmoid");
    expect(b, "topk_method", "noaux_tc");
    MixtureFamilies.grouped(
        b,
        b.json.flag("norm_topk_prob", shares) ? Routing.EACH_SHARED : Routing.EACH,
        groups(b),
        b.json.number("routed_scaling_factor", scale));
  }

  private static Groups groups(Blueprint b) {
    return new Groups(b.json.positive("n_group", 1), b.json.positive("topk_group", 1));
  }

  /** A key that configs of the makers have and the library does not read. */
  private static void expect(Blueprint b, String key, String value) {
    if (!b.json.text(key, value).equals(value)) {
      throw b.json.wrong(key, value + ", as this family has it");
    }
  }

  /** Latent attention in a Llama. */
  private static void attention(Blueprint b, int queryRank, int positions) {
    int plain = b.json.positive("qk_nope_head_dim", 128);
    int turning = b.json.positive("qk_rope_head_dim", 64);
    int value = b.json.positive("v_head_dim", 128);
    if (value > plain + turning) {
      throw b.json.wrong("v_head_dim", "no more than a query's coordinates, " + (plain + turning));
    }
    b.defaultHeadDim = plain + turning;
    b.llama(positions);
    b.headDim = plain + turning;
    b.kvHeads = b.heads;
    int ofQueries = (int) b.orOff("q_lora_rank", queryRank);
    int rank = b.json.positive("kv_lora_rank", 512);
    b.latent =
        Optional.of(new LatentAttention(ofQueries, rank, plain, turning, value, EPSILON));
    b.queryKeyNorm = Architecture.QueryKeyNorm.LATENT;
    b.norms.put(NormPlace.KEY, "self_attn.kv_a_layernorm");
    b.modules.remove(Projection.K);
    b.modules.remove(Projection.V);
    if (ofQueries > 0) {
      b.norms.put(NormPlace.QUERY, "self_attn.q_a_layernorm");
      b.modules.remove(Projection.Q);
      b.linear(Projection.LATENT_Q, "self_attn.q_a_proj", false);
      b.linear(Projection.Q_OF_LATENT, "self_attn.q_b_proj", false);
    }
    b.linear(Projection.LATENT_KV, "self_attn.kv_a_proj_with_mqa", false);
    b.linear(Projection.KV_OF_LATENT, "self_attn.kv_b_proj", false);
    b.biases("attention_bias", false, Projection.LATENT_Q, Projection.LATENT_KV, Projection.O);
    JsonFields rope = RopeSettings.section(b.json);
    b.ropes =
        List.of(RopeSettings.read(rope, b.json, Reading.STANDARD, turning, b.maxPositions));
    b.turns = Collections.nCopies(b.layers, 0);
    b.attentionScale = scale(b.ropes.get(0), rope) / Math.sqrt(b.headDim);
  }

  /** What scores are multiplied by beyond 1/√head where texts are longer than in training. */
  private static double scale(RopeSettings turns, JsonFields rope) {
    double ofAll = rope.number("mscale_all_dim", 0);
    if (ofAll == 0 || turns.scaling() instanceof RopeSettings.Unscaled) {
      return 1;
    }
    double magnitude = RopeSettings.magnitude(rope.number("factor"), ofAll);
    return magnitude * magnitude;
  }
}
