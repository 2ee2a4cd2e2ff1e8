package dev.reticent.plan;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.settings.FinetuneConfig;
import java.util.List;

/**
 * A config with the batch, the steps and the clip norm of the least noise, for the same ε and as
 * many rows seen; known before any row is read.
 *
 * @param given the config that the plan is of
 * @param config the one suggested
 */
public record Suggestion(FinetunePlan plan, Advice.Schedule schedule, Config given, Config config) {

  /**
   * The suggestion for a plan.
   *
   * @param config that the plan is of
   * @throws UserInputException when there is no ε to plan for, or the noise is fixed
   */
  public static Suggestion of(Config config, FinetunePlan plan) {
    if (!plan.isPrivate() || plan.budget() == Double.POSITIVE_INFINITY) {
      throw new UserInputException(
          "privacy.target_epsilon: missing; there must be an ε to suggest something for.");
    }
    if (FinetuneConfig.of(config).privacy().noiseMultiplier().isPresent()) {
      throw new UserInputException(
          "noise_multiplier is given; remove it, so that the noise can follow from ε.");
    }
    Advice.Schedule schedule = plan.suggestion();
    Config changed = keeps(plan, schedule) ? config : scheduled(config, schedule);
    return new Suggestion(plan, schedule, config, clipped(changed));
  }

  /** Whether the settings are already as good as any that was tried. */
  public boolean changesNothing() {
    FinetuneConfig settings = FinetuneConfig.of(given);
    return keeps(plan, schedule) && ClipNorm.of(settings).norm() == settings.privacy().clipNorm();
  }

  private static boolean keeps(FinetunePlan plan, Advice.Schedule schedule) {
    return schedule.batch() == plan.expectedBatchSize() && schedule.steps() == plan.steps();
  }

  /** What it is for and what it gains. */
  public List<String> words() {
    ClipNorm clip = ClipNorm.of(FinetuneConfig.of(given));
    String clipping = "Clip norm %s, %s.".formatted(clip.norm(), clip.reason());
    return keeps(plan, schedule) ? kept(clipping) : changed(clipping);
  }

  private List<String> kept(String clipping) {
    return List.of(
        (changesNothing() ? "Nothing to change" : "Batch and steps stay")
            + " for ε = %s and %,d privacy units: %,d steps of %,d rows are as good as"
                .formatted(plan.budget(), plan.units(), schedule.steps(), schedule.batch()),
        "any batch of 8, 16, 32 … rows that sees as many rows in %d steps or more."
            .formatted(Advice.FEWEST_STEPS),
        "Noise over the run: %.2f times the largest signal; none has less by more than a twentieth."
            .formatted(schedule.ofTheRun()),
        clipping);
  }

  private List<String> changed(String clipping) {
    return List.of(
        "Suggested for ε = %s and %,d privacy units, for as many rows seen as before: %,d steps of %,d"
            .formatted(plan.budget(), plan.units(), schedule.steps(), schedule.batch()),
        "rows. Noise over the run: %.2f times the largest signal, before %.2f times%s."
            .formatted(
                schedule.ofTheRun(),
                plan.advice().ofTheRun(),
                plan.steps() < Advice.FEWEST_STEPS
                    ? "; fewer than " + Advice.FEWEST_STEPS + " steps hardly move"
                    : ""),
        clipping);
  }

  /** The config as YAML, the words above it as a comment. */
  public String toYaml() {
    StringBuilder text = new StringBuilder();
    words().forEach(line -> text.append("# ").append(line).append('\n'));
    return text.append('\n').append(config.toYaml()).toString();
  }

  private static Config clipped(Config config) {
    String key = config.has("l2_norm_clip") ? "l2_norm_clip" : "privacy.l2_norm_clip";
    return config.with(key, ClipNorm.of(FinetuneConfig.of(config)).norm());
  }

  /** The config with this batch, however it says its batch now. */
  private static Config scheduled(Config config, Advice.Schedule schedule) {
    Config changed = config.with("max_steps", schedule.steps());
    Config plain = changed.with("batch_size", schedule.batch());
    List<Config> ways =
        List.of(
            plain,
            plain.without("gradient_accumulation_steps"),
            plain.without("deepspeed.gradient_accumulation_steps"));
    for (Config way : ways) {
      if (batch(way) == schedule.batch()) {
        return way;
      }
    }
    return plain;
  }

  /** The batch of a config; 0 when it says it in two ways, or a key to be removed was not there. */
  private static int batch(Config config) {
    try {
      return FinetuneConfig.of(config).batch().expected();
    } catch (UserInputException e) {
      return 0;
    }
  }
}
