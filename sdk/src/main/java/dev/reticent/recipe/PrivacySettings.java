package dev.reticent.recipe;

import dev.reticent.config.Section;
import java.util.LinkedHashMap;
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
    double clippingQuantile,
    SamplerRule sampler,
    Neighbours adjacency,
    AccountantRule accountant,
    boolean secure,
    boolean privateLoss) {

  public enum ClippingRule {
    FLAT,
    PER_LAYER,
    AUTOMATIC,
    ADAPTIVE
  }

  public enum SamplerRule {
    POISSON
  }

  /** Which two data sets must be hard to tell apart. */
  public enum Neighbours {
    ADD_OR_REMOVE_ONE,
    REPLACE_ONE,
    ZERO_OUT
  }

  public enum AccountantRule {
    PLD,
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
                .describedAs(
                    """
                    `flat` bounds the whole gradient, `per_layer` each layer's share, `automatic`
                    normalises, `adaptive` follows a quantile of the norms, found privately.""")
                .orElse(ClippingRule.FLAT),
            section
                .number("clipping_quantile")
                .above(0.0)
                .below(1.0)
                .describedAs("For `adaptive`: the share of examples that is not to be clipped.")
                .orElse(0.5),
            section
                .choice("sampler", SamplerRule.class)
                .describedAs("How the rows of a step are drawn; the accountant follows it.")
                .orElse(SamplerRule.POISSON),
            section
                .choice("adjacency", adjacencies())
                .describedAs("Which two data sets must be hard to tell apart.")
                .orElse(Neighbours.ADD_OR_REMOVE_ONE),
            section
                .choice("accountant", AccountantRule.class)
                .describedAs("What bounds ε: `pld` is tight, `rdp` looser and older.")
                .orElse(AccountantRule.PLD),
            section
                .flag("secure")
                .describedAs(
                    """
                    `false` makes the noise follow the seed, so that a run can be repeated in a
                    test; no guarantee is then stated.""")
                .orElse(true),
            section
                .flag("private_loss")
                .describedAs(
                    """
                    Whether the clipped loss of each example rides with its gradient, so that a
                    private estimate of the training loss may be shown; accounted.""")
                .orElse(false));
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

  private static Map<String, Neighbours> adjacencies() {
    Map<String, Neighbours> names = new LinkedHashMap<>();
    names.put("add-remove", Neighbours.ADD_OR_REMOVE_ONE);
    names.put("replace-one", Neighbours.REPLACE_ONE);
    names.put("zero-out", Neighbours.ZERO_OUT);
    return names;
  }
}
