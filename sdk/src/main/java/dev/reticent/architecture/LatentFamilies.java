package dev.reticent.architecture;

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

  static void deepseekV2(Blueprint b) {
    attention(b, 1536, 128, 2048);
    b.adjacentPairs = true;
    GroupedExperts.bySoftmax(b, GroupedExperts.after(b, 0));
    b.biases("mlp_bias", false, Projection.GATE, Projection.UP, Projection.DOWN);
    b.ids(1, 2);
  }

  /** σ of each expert's logit, chosen by that and a correction that the checkpoint holds. */
  static void deepseekV3(Blueprint b) {
    attention(b, 1536, 128, 4096);
    b.adjacentPairs = b.json.flag("rope_interleave", true);
    GroupedExperts.corrected(b, true, 2.5, GroupedExperts.after(b, 3));
    b.ids(0, 1);
  }

  /** GLM-4.7-Flash: the same, its layers with experts named one by one. */
  static void glm4MoeLite(Blueprint b) {
    b.defaultEpsilon = 1e-5;
    attention(b, 768, 256, 202_752);
    b.adjacentPairs = b.json.flag("rope_interleave", true);
    List<String> types = b.json.texts("mlp_layer_types");
    if (!types.isEmpty() && types.size() != b.layers) {
      throw b.json.wrong("mlp_layer_types", "one for each of the " + b.layers + " layers");
    }
    GroupedExperts.corrected(
        b,
        true,
        1.8,
        types.isEmpty()
            ? GroupedExperts.after(b, 1)
            : types.stream().map(t -> !t.equals("sparse")).toList());
    b.ids(0, 1);
  }

  /** Youtu: a Llama with DeepSeek's attention. */
  static void youtu(Blueprint b) {
    b.defaultTied = true;
    attention(b, 1536, 128, 131_072);
    b.adjacentPairs = b.json.flag("rope_interleave", true);
    b.ids(128_000, 128_001);
  }

  /** MiniCPM-3: the same with multipliers; coordinates turn in halves. */
  static void miniCpm3(Blueprint b) {
    b.defaultTied = true;
    b.defaultEpsilon = 1e-5;
    attention(
        b, 768, b.json.positive("hidden_size") / b.json.positive("num_attention_heads"), 32_768);
    b.embeddingScale = b.json.number("scale_emb", 12);
    double depth = Math.sqrt(b.layers);
    b.residualScale = b.orOff("scale_depth", 1.4) / depth;
    if (b.residualScale == 0) {
      b.residualScale = 1;
    }
    double base = b.orOff("dim_model_base", 256);
    b.logitScale = base == 0 ? 1 : base / b.hidden;
    b.ids(1, 2);
  }

  /**
   * Latent attention in a Llama.
   *
   * @param ofQueries coordinates of the queries' latent, where the config does not say
   * @param ofValues coordinates of a head's value, the same
   */
  private static void attention(Blueprint b, int ofQueries, int ofValues, int positions) {
    int plain = b.json.positive("qk_nope_head_dim");
    int turning = b.json.positive("qk_rope_head_dim");
    int value = b.json.positive("v_head_dim", ofValues);
    if (value > plain + turning) {
      throw b.json.wrong("v_head_dim", "no more than a query's coordinates, " + (plain + turning));
    }
    b.defaultHeadDim = plain + turning;
    b.llama(positions);
    b.headDim = plain + turning;
    b.kvHeads = b.heads;
    int queryRank = (int) b.orOff("q_lora_rank", ofQueries);
    int rank = b.json.positive("kv_lora_rank");
    b.latent = Optional.of(new LatentAttention(queryRank, rank, plain, turning, value, EPSILON));
    b.queryKeyNorm = Architecture.QueryKeyNorm.LATENT;
    b.norms.put(NormPlace.KEY, "self_attn.kv_a_layernorm");
    b.modules.remove(Projection.K);
    b.modules.remove(Projection.V);
    if (queryRank > 0) {
      b.norms.put(NormPlace.QUERY, "self_attn.q_a_layernorm");
      b.modules.remove(Projection.Q);
      b.linear(Projection.LATENT_Q, "self_attn.q_a_proj", false);
      b.linear(Projection.Q_OF_LATENT, "self_attn.q_b_proj", false);
    }
    b.linear(Projection.LATENT_KV, "self_attn.kv_a_proj_with_mqa", false);
    b.linear(Projection.KV_OF_LATENT, "self_attn.kv_b_proj", false);
    b.biases("attention_bias", false, Projection.LATENT_Q, Projection.LATENT_KV, Projection.O);
    JsonFields rope = RopeSettings.section(b.json);
    b.ropes = List.of(RopeSettings.read(rope, b.json, Reading.STANDARD, turning, b.maxPositions));
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
