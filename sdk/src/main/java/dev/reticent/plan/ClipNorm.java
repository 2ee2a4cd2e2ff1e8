package dev.reticent.plan;

import dev.reticent.settings.ClippingSettings;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.OptimizerSettings;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which clip norm C to plan with, and why; known before any row is read.
 *
 * <p>Noise and largest signal both grow with C, so C does not change their ratio. But a step's
 * signal is as large as it can be only while most gradients are clipped, and gradients shrink as
 * training goes on. AdamW divides by the size of what it gets, so a small C costs nothing there:
 * Li, Tramèr, Liang, Hashimoto (Large Language Models Can Be Strong Differentially Private
 * Learners, ICLR 2022, section 3.1) find C = 0.1, at which nearly all are clipped, best.
 *
 * @param norm C
 * @param reason in words
 */
record ClipNorm(double norm, String reason) {

  private static final double SMALL = 0.1;

  private static final Set<ClippingSettings.Rule> FIXED =
      EnumSet.of(ClippingSettings.Rule.FLAT, ClippingSettings.Rule.PER_LAYER);

  static ClipNorm of(FinetuneConfig config) {
    double given = config.privacy().clipNorm();
    if (!FIXED.contains(config.privacy().clipping().rule())) {
      return new ClipNorm(given, "as it was, since clipping here normalises or follows a quantile");
    }
    if (config.optimizer().rule() != OptimizerSettings.Rule.ADAMW) {
      return new ClipNorm(
          given, "as it was: with SGD it and the learning rate are one setting, so change both");
    }
    if (given <= SMALL) {
      return new ClipNorm(
          given, "as it was: small enough that nearly every gradient is clipped, and AdamW scales");
    }
    return new ClipNorm(
        SMALL,
        "before "
            + given
            + ": gradients shrink as training goes on and then fill a large C no"
            + " longer, while its noise stays; AdamW scales");
  }
}
