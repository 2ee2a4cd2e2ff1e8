package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.PrivateCurve;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/**
 * How the gradient of an example is bounded, and what share of the bound estimates of loss and
 * clipping get.
 *
 * @param norm C, the L2 norm that an example contributes at most
 * @param quantile the share of examples that adaptive clipping leaves whole
 * @param rate how fast its threshold follows
 * @param curve the private loss curve
 */
public record ClippingSettings(
    Rule rule, double norm, double quantile, double rate, PrivateCurve curve) {

  @Internal
  public ClippingSettings {}

  private static final double STABILITY = 0.01;

  /** What decides the factor by which a gradient is scaled. */
  public enum Rule {
    FLAT((s, threshold) -> new Clipping.Flat(s.norm)),
    PER_LAYER((s, threshold) -> new Clipping.PerLayer(s.norm)),
    AUTOMATIC((s, threshold) -> new Clipping.Automatic(s.norm, STABILITY)),
    ADAPTIVE(
        (s, threshold) ->
            new Clipping.Adaptive(s.norm, threshold.orElse(s.norm), s.quantile, s.rate));

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final BiFunction<ClippingSettings, OptionalDouble, Clipping> clipping;

    Rule(BiFunction<ClippingSettings, OptionalDouble, Clipping> clipping) {
      this.clipping = clipping;
    }
  }

  static ClippingSettings read(Section section) {
    double norm =
        section
            .number("l2_norm_clip")
            .above(0.0)
            .alsoSpelt("l2_norm_clip")
            .describedAs("C, the L2 norm to which the gradient of an example is clipped.")
            .orElse(0.01);
    Rule rule =
        section
            .choice("clipping", Rule.class)
            .describedAs(
                """
                `flat` bounds the whole gradient, `per_layer` each layer's share, `automatic`
                normalises, `adaptive` follows a quantile of the norms, starting at `l2_norm_clip`.\
                """)
            .orElse(Rule.FLAT);
    return new ClippingSettings(
        rule,
        norm,
        section
            .number("clip_quantile")
            .above(0.0)
            .below(1.0)
            .describedAs("The share of examples that `adaptive` clipping leaves whole.")
            .orElse(0.5),
        section
            .number("clip_rate")
            .above(0.0)
            .describedAs("How fast the threshold of `adaptive` clipping follows its quantile.")
            .orElse(0.2),
        new PrivateCurve(
            section
                .number("loss_curve")
                .atLeast(0.0)
                .atMost(0.5)
                .describedAs(
                    """
                    a, the share of C that private estimates of the training loss and of the
                    clipped fraction get, for the log that may be shown; 0.1 with `adaptive`
                    clipping, else 0, for none. It costs no ε but makes the gradients' noise
                    1/√(1 − 2a²) times as large: 1 % for 0.1.\
                    """)
                .orElse(rule == Rule.ADAPTIVE ? 0.1 : 0.0),
            section
                .number("loss_bound")
                .above(0.0)
                .describedAs("The largest loss, in nats a token, that the loss curve shows.")
                .orElse(5.0)));
  }

  static void check(ClippingSettings settings, Section section) {
    section.check(
        settings.rule != Rule.ADAPTIVE || settings.curve.share() > 0,
        "is 0, but adaptive clipping follows the clipped fraction that rides on the loss curve;"
            + " give it a share, such as 0.1",
        "loss_curve",
        "clipping");
  }

  /**
   * The clipping of the next step.
   *
   * @param threshold where adaptive clipping goes on; empty to begin
   */
  public Clipping clipping(OptionalDouble threshold) {
    return rule.clipping.apply(this, threshold);
  }
}
