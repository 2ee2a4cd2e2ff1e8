package dev.reticent.recipe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** What a run promises, as data and in words. */
final class PrivacyReport {

  private PrivacyReport() {}

  static ObjectNode json(FinetunePlan plan, FinetuneConfig config, int charged, double epsilon) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    boolean guarantee = plan.isPrivate() && config.privacy().secure();
    node.put("guarantee", guarantee);
    if (plan.isPrivate()) {
      if (guarantee) {
        node.put("epsilon", epsilon);
      }
      node.put("delta", plan.delta()).put("accountant", "rdp");
      node.put("relation", "add-or-remove-one").put("unit", config.dataset().unit().inWords());
      node.put("sampler", "poisson").put("sampling_rate", plan.samplingRate());
      node.put("noise_multiplier", plan.noiseMultiplier()).put("clip_norm", plan.clipNorm());
      node.put("steps_charged", charged).put("steps_planned", plan.steps());
      node.put("expected_batch_size", plan.expectedBatchSize());
    }
    return node;
  }

  static String text(FinetunePlan plan, FinetuneConfig config, int charged, double epsilon) {
    if (!plan.isPrivate()) {
      return "No privacy guarantee: privacy.enabled is false. This model can repeat its training data.\n";
    }
    if (!config.privacy().secure()) {
      return "No privacy guarantee: privacy.secure is false, so anyone who knows the seed can remove the noise. For tests only.\n";
    }
    return String.format(
        Locale.ROOT,
        """
        The released model is (ε = %.4f, δ = %s)-differentially private.
        Unit of privacy: %s. Relation: adding or removing one unit.
        How: %d steps of Poisson sampling with rate q = %.6f; each unit's gradient clipped to L2 norm C = %s;
        Gaussian noise of standard deviation σC with σ = %.5f; sums divided by the public number %d.
        ε is an upper bound by Rényi differential privacy (continuous order), %s
        Not covered: the choice of hyper-parameters on this data, evaluation on private data, the
        TensorBoard run that ends in .private, checkpoint timing, and the texts a user types when sampling.
        """,
        epsilon,
        plan.delta(),
        config.dataset().unit().inWords(),
        charged,
        plan.samplingRate(),
        plan.clipNorm(),
        plan.noiseMultiplier(),
        plan.expectedBatchSize(),
        plan.delta() * plan.units() > 1
            ? "but δ is larger than one over the number of units: choose a smaller one."
            : "and δ is below one over the number of units.");
  }
}
