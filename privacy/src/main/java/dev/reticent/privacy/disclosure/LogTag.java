package dev.reticent.privacy.disclosure;

import static dev.reticent.privacy.disclosure.Disclosure.LOCAL_ONLY;
import static dev.reticent.privacy.disclosure.Disclosure.PUBLIC_SETTING;
import static dev.reticent.privacy.disclosure.Disclosure.RELEASED;

/** The tags of a run's TensorBoard runs; an entry's disclosure decides in which of the two. */
public enum LogTag implements Disclosed {
  EPSILON("privacy/epsilon", RELEASED, "ε so far"),
  EPSILON_BUDGET("privacy/epsilon_budget", PUBLIC_SETTING, "The ε that is not exceeded"),
  EPSILON_AUDITED(
      "privacy/epsilon_audited",
      RELEASED,
      "What an audit found ε to be at least, with 95 % confidence: computed from the released"
          + " adapter and canaries"),
  DELTA("privacy/delta", PUBLIC_SETTING, "δ"),
  NOISE_MULTIPLIER(
      "privacy/noise_multiplier", PUBLIC_SETTING, "σ: the noise's standard deviation over C"),
  CLIP_THRESHOLD(
      "privacy/clip_threshold",
      RELEASED,
      "The norm above which gradients are scaled down; it follows released values"),
  LEARNING_RATE("train/learning_rate", PUBLIC_SETTING, "The learning rate"),
  GRADIENT_NORM("grad/norm_noised", RELEASED, "The norm of the mean gradient after noise"),
  LOSS_NOISED(
      "train/loss_private",
      RELEASED,
      "An estimate of the mean training loss, clipped, from the noised sum itself"),
  LOSS_NOISED_DEVIATION(
      "train/loss_private_noise_std", PUBLIC_SETTING, "Standard deviation of the noise in it"),
  CLIPPED_NOISED(
      "train/clipped_fraction_private",
      RELEASED,
      "An estimate of the share of clipped examples, from the noised sum itself"),
  CLIPPED_NOISED_DEVIATION(
      "train/clipped_fraction_private_noise_std",
      PUBLIC_SETTING,
      "Standard deviation of the noise in it"),
  EVALUATION_PUBLIC(
      "eval/loss", RELEASED, "The loss on rows declared public (`dataset.evaluation: public`)"),
  CONFIG("run/config", PUBLIC_SETTING, "The settings"),
  STATEMENT("run/privacy_statement", RELEASED, "The statement in words"),
  LOSS("train/loss", LOCAL_ONLY, "The mean training loss before noise"),
  BATCH_SIZE("train/lot_size", LOCAL_ONLY, "How many units were drawn"),
  CLIPPED("diag/clipped_fraction", LOCAL_ONLY, "The share of clipped examples before noise"),
  SPEED("perf/tokens_per_second", LOCAL_ONLY, "Speed, which tells of batch sizes"),
  EVALUATION_PRIVATE("eval/loss_not_private", LOCAL_ONLY, "The loss on held-out private rows");

  @SuppressWarnings("ImmutableEnumChecker") // a record of texts
  private final Entry entry;

  LogTag(String place, Disclosure disclosure, String what) {
    this.entry = new Entry(place, disclosure, what);
  }

  @Override
  public Entry entry() {
    return entry;
  }
}
