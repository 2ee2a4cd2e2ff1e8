package dev.reticent.privacy.disclosure;

import static dev.reticent.privacy.disclosure.Disclosure.LOCAL_ONLY;
import static dev.reticent.privacy.disclosure.Disclosure.PUBLIC_SETTING;
import static dev.reticent.privacy.disclosure.Disclosure.RELEASED;

/**
 * The tags of a run's TensorBoard runs; an entry's disclosure decides in which of the two.
 *
 * <p>TensorBoard sorts tags by name, so the groups' names are in the order in which people look:
 * eval, privacy, train, and then what only explains them, tuning and usage.
 */
public enum LogTag implements Disclosed {
  EVALUATION_PUBLIC(
      "eval/loss", RELEASED, "The loss on rows declared public (`dataset.evaluation: public`)"),
  EVALUATION_PRIVATE("eval/loss_not_private", LOCAL_ONLY, "The loss on held-out private rows"),
  EVALUATION_NOISED(
      "eval/loss_private",
      RELEASED,
      "An estimate of the mean held-out loss, clipped, from the noised sum itself"),
  EVALUATION_NOISED_DEVIATION(
      "eval/loss_private_noise_std", PUBLIC_SETTING, "Standard deviation of the noise in it"),
  EPSILON("privacy/epsilon", RELEASED, "ε so far"),
  EPSILON_BUDGET("privacy/epsilon_budget", PUBLIC_SETTING, "The ε that is not exceeded"),
  EPSILON_AUDITED(
      "privacy/epsilon_audited",
      RELEASED,
      "What an audit found ε to be at least, with 95 % confidence: computed from what was"
          + " released and canaries"),
  LEARNING_RATE("train/learning_rate", PUBLIC_SETTING, "The learning rate"),
  LOSS("train/loss", LOCAL_ONLY, "The mean training loss before noise"),
  LOSS_NOISED(
      "train/loss_private",
      RELEASED,
      "An estimate of the mean training loss, clipped, from the noised sum itself"),
  LOSS_NOISED_DEVIATION(
      "train/loss_private_noise_std", PUBLIC_SETTING, "Standard deviation of the noise in it"),
  CLIP_THRESHOLD(
      "tuning/clip_threshold",
      RELEASED,
      "The norm above which gradients are scaled down; it follows released values"),
  CLIPPED("tuning/clipped_fraction", LOCAL_ONLY, "The share of clipped examples before noise"),
  CLIPPED_NOISED(
      "tuning/clipped_fraction_private",
      RELEASED,
      "An estimate of the share of clipped examples, from the noised sum itself"),
  CLIPPED_NOISED_DEVIATION(
      "tuning/clipped_fraction_private_noise_std",
      PUBLIC_SETTING,
      "Standard deviation of the noise in it"),
  GRADIENT_NORM(
      "tuning/gradient_norm_noised", RELEASED, "The norm of the mean gradient after noise"),
  NOISE_MULTIPLIER(
      "tuning/noise_multiplier", PUBLIC_SETTING, "σ: the noise's standard deviation over C"),
  BATCH_SIZE("usage/lot_size", LOCAL_ONLY, "How many units were drawn"),
  SPEED("usage/tokens_per_second", LOCAL_ONLY, "Speed, which tells of batch sizes"),
  CONFIG("run/config", PUBLIC_SETTING, "The settings"),
  STATEMENT("run/privacy_statement", RELEASED, "The statement in words"),
  SETTINGS(
      "_hparams_/session_start_info",
      PUBLIC_SETTING,
      "The settings, for the page that compares runs"),
  OUTCOME(
      "_hparams_/session_end_info",
      RELEASED,
      "That the run has ended, for the page that compares runs"),
  PAGE("custom_scalars__config__", PUBLIC_SETTING, "Which charts the Custom Scalars page shows");

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
