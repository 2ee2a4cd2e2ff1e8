package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.checkpoint.Provenance;
import dev.reticent.config.Config;
import dev.reticent.settings.FinetuneConfig;
import java.util.List;

/**
 * The digest of all that a config says of a run's result: a run goes on only under the same one.
 *
 * <p>What is left out changes where and how the same thing is computed, kept and logged, and
 * someone may have to change it before a run can go on: a smaller micro-batch after memory ran out,
 * another folder after a disk was full. Everything else counts, every privacy and dataset key among
 * it.
 */
@Internal
public final class ResultDigest {

  /** Decides who is told of the total over all runs, not what this one does. */
  private static final List<String> TOLD = List.of("privacy.registry_policy");

  /** Keys that decide where files are, not what is in them. */
  private static final List<String> PLACES =
      List.of("saving_dir", "resume", "log.tensorboard_dir", "quantization.cache_dir");

  /**
   * Keys that decide which checkpoints there are. Not {@code log.diagnostics}: whether figures that
   * ε does not cover are written down is a matter of privacy.
   */
  private static final List<String> CHECKPOINTS =
      List.of("save_every_n_grad_steps", "save_every_minutes", "keep_last_n_checkpoints");

  /**
   * Keys that decide how the same sums are computed. The logical batch, which may be given as a
   * product of two of them, is put back as one number.
   */
  private static final List<String> COMPUTATION =
      List.of(
          "physical_batch_size",
          "gradient_accumulation_steps",
          "activation_checkpointing",
          "devices",
          "offload",
          "zero_stage",
          "distributed");

  /** Decides the result only where the best evaluation chooses it. */
  private static final String EVALUATION = "eval_every_n_grad_steps";

  private ResultDigest() {}

  /**
   * @param resolved with every default filled in
   * @param config the same, read
   */
  public static String of(Config resolved, FinetuneConfig config) {
    return Provenance.digest(counting(resolved, config).toYaml());
  }

  /** What says of a run's result something else than the file of an earlier session, in words. */
  static List<String> changes(Config earlier, Config resolved, FinetuneConfig config) {
    Config before = earlier.resolved(FinetuneConfig::read);
    return counting(resolved, config).changesFrom(counting(before, FinetuneConfig.of(before)));
  }

  private static Config counting(Config resolved, FinetuneConfig config) {
    Config counts = resolved;
    for (List<String> keys : List.of(TOLD, PLACES, CHECKPOINTS, COMPUTATION)) {
      for (String key : keys) {
        counts = counts.without(key);
      }
    }
    if (!config.keepBest()) {
      counts = counts.without(EVALUATION);
    }
    return counts.without("batch_size").with("batch_size", config.batch().expected());
  }
}
