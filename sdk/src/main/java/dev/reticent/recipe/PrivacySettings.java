package dev.reticent.recipe;

import dev.reticent.config.Section;
import dev.reticent.privacy.accounting.Adjacency;
import java.util.Map;
import java.util.Optional;

/**
 * What is promised and by which means.
 *
 * @param enabled false trains the same way without clipping and noise, and promises nothing
 * @param targetEpsilon the budget ε; without a noise multiplier the smallest noise that keeps it is
 *     found, with one the run stops before the step that would exceed it
 * @param noiseMultiplier σ, the noise's standard deviation over the clip norm
 * @param clipNorm C, the L2 norm to which an example's gradient is clipped
 * @param secure false makes the noise follow the seed: for tests; no guarantee is then stated
 */
public record PrivacySettings(
    boolean enabled,
    Optional<Double> targetEpsilon,
    double delta,
    Optional<Double> noiseMultiplier,
    double clipNorm,
    ClippingRule clipping,
    SamplerRule sampler,
    Adjacency adjacency,
    AccountantRule accountant,
    boolean secure) {

  public enum ClippingRule {
    FLAT,
    PER_LAYER,
    AUTOMATIC,
    ADAPTIVE
  }

  public enum SamplerRule {
    POISSON
  }

  public enum AccountantRule {
    RDP
  }

  static PrivacySettings read(Section section) {
    PrivacySettings settings =
        new PrivacySettings(
            section
                .flag("enabled")
                .describedAs("`false` trains without clipping and noise, and promises nothing.")
                .orElse(true),
            section
                .number("target_epsilon")
                .above(0.0)
                .alsoSpelt("target_epsilon")
                .describedAs(
                    """
                    The budget ε. Alone, the smallest noise that keeps it is found; together with
                    `noise_multiplier`, the run stops before the step that would exceed it.""")
                .optional(),
            section
                .number("delta")
                .above(0.0)
                .below(1.0)
                .alsoSpelt("delta")
                .describedAs("δ; should be well below one over the number of privacy units.")
                .orElse(1e-5),
            section
                .number("noise_multiplier")
                .above(0.0)
                .alsoSpelt("noise_multiplier")
                .describedAs("σ, the noise's standard deviation over the clip norm.")
                .optional(),
            section
                .number("l2_norm_clip")
                .above(0.0)
                .alsoSpelt("l2_norm_clip")
                .describedAs("C, the L2 norm to which the gradient of an example is clipped.")
                .orElse(0.01),
            section
                .choice("clipping", ClippingRule.class)
                .limited("of which adaptive is not there yet", c -> c != ClippingRule.ADAPTIVE)
                .describedAs(
                    """
                    `flat` bounds the whole gradient, `per_layer` each layer's share, `automatic`
                    normalises.""")
                .orElse(ClippingRule.FLAT),
            section
                .choice("sampler", SamplerRule.class)
                .describedAs("How the rows of a step are drawn; the accountant follows it.")
                .orElse(SamplerRule.POISSON),
            section
                .choice("adjacency", Map.of("add-remove", Adjacency.ADD_OR_REMOVE_ONE))
                .describedAs(
                    "Which two data sets must be hard to tell apart: one has one row more.")
                .orElse(Adjacency.ADD_OR_REMOVE_ONE),
            section
                .choice("accountant", AccountantRule.class)
                .describedAs("What bounds ε: `rdp`, Rényi differential privacy.")
                .orElse(AccountantRule.RDP),
            section
                .flag("secure")
                .describedAs(
                    """
                    `false` makes the noise follow the seed, so that a run can be repeated in a
                    test; no guarantee is then stated.""")
                .orElse(true));
    section.check(
        !settings.enabled
            || settings.targetEpsilon.isPresent()
            || settings.noiseMultiplier.isPresent(),
        "missing, and noise_multiplier too: give the budget (target_epsilon: 3) or the noise"
            + " (noise_multiplier: 1), or set enabled: false",
        "target_epsilon",
        "noise_multiplier",
        "enabled");
    return settings;
  }
}
