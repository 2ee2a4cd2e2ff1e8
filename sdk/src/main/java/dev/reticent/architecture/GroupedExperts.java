package dev.reticent.architecture;

import dev.reticent.architecture.Mixture.Gate;
import dev.reticent.architecture.Mixture.Groups;
import dev.reticent.architecture.Mixture.Routing;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * DeepSeek's experts, which other families have too: in groups, of which a token may choose from
 * some, beside as many that all tokens pass; the first layers have none.
 */
final class GroupedExperts {
  private GroupedExperts() {}

  /** Which layers have no experts: the first ones, as many as the config says. */
  static List<Boolean> after(Blueprint b, int absent) {
    String key = "first_k_dense_replace";
    int count = b.json.has(key) ? b.json.integer(key) : absent;
    return IntStream.range(0, b.layers).mapToObj(i -> i < count).toList();
  }

  /**
   * As in DeepSeek-V2: softmax over all, and the largest of it, perhaps out of the best groups.
   *
   * @param dense for each layer whether it has a feed-forward part like a Llama's instead
   */
  static void bySoftmax(Blueprint b, List<Boolean> dense) {
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
    read(b, Routing.ALL, groups, b.json.number("routed_scaling_factor", 1), dense);
  }

  /**
   * As in DeepSeek-V3: σ of each, chosen by that and a correction, which the checkpoint holds.
   *
   * @param shares whether the chosen ones are divided by their sum, where the config does not say
   * @param scale what they are multiplied by, the same
   */
  static void corrected(Blueprint b, boolean shares, double scale, List<Boolean> dense) {
    expect(b, "scoring_func", "sigmoid");
    expect(b, "topk_method", "noaux_tc");
    read(
        b,
        b.json.flag("norm_topk_prob", shares) ? Routing.EACH_SHARED : Routing.EACH,
        groups(b),
        b.json.number("routed_scaling_factor", scale),
        dense);
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

  private static void read(
      Blueprint b, Routing routing, Groups groups, double scale, List<Boolean> dense) {
    int experts = b.json.positive("n_routed_experts");
    int chosen = b.json.positive("num_experts_per_tok");
    if (experts % groups.count() != 0) {
      throw b.json.wrong("n_group", "a divisor of n_routed_experts (" + experts + ")");
    }
    if (groups.chosen() > groups.count()) {
      throw b.json.wrong("topk_group", "no more than n_group (" + groups.count() + ")");
    }
    int within = groups.chosen() * (experts / groups.count());
    if (chosen > within) {
      throw b.json.wrong(
          "num_experts_per_tok", "no more than the experts of topk_group groups (" + within + ")");
    }
    if (b.json.positive("moe_layer_freq", 1) != 1) {
      throw b.json.wrong("moe_layer_freq", "1: experts in every layer but the first");
    }
    int size = b.json.positive("moe_intermediate_size");
    String correction = routing == Routing.ALL ? "" : "mlp.gate.e_score_correction_bias";
    Gate none = new Gate(0, 1);
    b.mixture =
        Optional.of(
            new Mixture(
                experts,
                chosen,
                size,
                routing,
                groups,
                scale,
                correction,
                0,
                none,
                MixtureFamilies.NAMED));
    int alone = b.intermediate;
    b.intermediate = size * b.json.positive("n_shared_experts");
    b.linear(Projection.GATE, "mlp.shared_experts.gate_proj", false);
    b.linear(Projection.UP, "mlp.shared_experts.up_proj", false);
    b.linear(Projection.DOWN, "mlp.shared_experts.down_proj", false);
    b.linear(Projection.ROUTER, "mlp.gate", false);
    b.linear(Projection.EXPERT_GATE_UP, "mlp.experts.gate_up_proj", false);
    b.linear(Projection.EXPERT_DOWN, "mlp.experts.down_proj", false);
    DenseLayers.among(b, dense, alone);
  }
}
