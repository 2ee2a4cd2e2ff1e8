package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.Truncation;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Subsampling;
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
 * @param noise how the noise of steps hangs together
 * @param largestBatch the most rows of a step, with truncated Poisson; a limit that is next to
 *     never reached where it is empty
 * @param givenAdjacency which data sets are hard to tell apart; empty when the size decides
 * @param givenSize whether the number of units may be told; empty when q decides
 * @param publicUnits about how many units there are, when q is computed from that
 * @param rateGiven whether q itself is given, so that it is computed from no number of units
 * @param evaluation whether the loss on held-out private rows is measured under the same noise
 * @param rowsPerUser how many rows a person may have, when a unit is a row
 * @param selection whether the run is one of several of which the best is released
 * @param registry the budget shared with other runs on the same data; empty without one
 * @param secure false makes the noise follow the seed: for tests; no guarantee is then stated
 */
public record PrivacySettings(
    boolean enabled,
    Optional<Double> targetEpsilon,
    double delta,
    Optional<Double> noiseMultiplier,
    NoiseSettings noise,
    ClippingSettings clipping,
    SamplerRule sampler,
    Optional<Integer> largestBatch,
    Optional<Adjacency> givenAdjacency,
    AccountantRule accountant,
    Optional<Size> givenSize,
    Optional<Integer> publicUnits,
    boolean rateGiven,
    boolean evaluation,
    int rowsPerUser,
    Optional<SelectionSettings> selection,
    Optional<RegistrySettings> registry,
    boolean secure) {

  @Internal
  public PrivacySettings {}

  public enum SamplerRule {
    /** Each row by itself; a batch may have any size. */
    POISSON,
    /** The same up to a limit, above which a random part is kept. */
    TRUNCATED_POISSON
  }

  /** Whether the number of privacy units may be told. */
  public enum Size {
    PUBLIC,
    PRIVATE
  }

  /** C. */
  public double clipNorm() {
    return clipping.norm();
  }

  static PrivacySettings read(Section section) {
    PrivacySettings settings =
        new PrivacySettings(
            section
                .flag("enabled")
                .alsoSpelt("is_dp")
                .describedAs("`false` trains without clipping and noise, and promises nothing.")
                .orElse(true),
            section
                .number("target_epsilon")
                .above(0.0)
                .alsoSpelt("target_epsilon")
                .describedAs(
                    """
                    The budget ε. Alone, the smallest noise that keeps it is found; together with
                    `noise_multiplier`, the run stops before the step that would exceed it.\
                    """)
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
            section.section(
                "noise", "How the noise of the steps hangs together.", NoiseSettings::read),
            ClippingSettings.read(section),
            section
                .choice("sampler", SamplerRule.class)
                .describedAs(
                    """
                    How the rows of a step are drawn; the accountant follows it. `poisson`, each by
                    itself; or `truncated_poisson`, of which no step has more than `largest_batch`
                    rows, where the number of units is public.\
                    """)
                .orElse(SamplerRule.POISSON),
            section
                .integer("largest_batch")
                .atLeast(1)
                .describedAs(
                    """
                    The most rows of a step with `truncated_poisson`: of more a random part is kept.
                    `batch_size` and six times its root without it, which costs next to nothing; at
                    `batch_size` itself a run costs several times the ε.\
                    """)
                .optional(),
            section
                .choice("adjacency", adjacencies())
                .describedAs(
                    """
                    Which two data sets must be hard to tell apart: `add-remove`, one has one unit
                    more; or `replace-one`, one unit is another, which costs about twice the ε.
                    Without it `add-remove` where the number of units is private, and `replace-one`
                    where it is told, since it differs between the former two.\
                    """)
                .optional(),
            section
                .choice("accountant", AccountantRule.class)
                .describedAs(
                    """
                    What bounds ε: `pld`, the privacy loss distribution, or `rdp`, Rényi
                    differential privacy, whose bound is larger.\
                    """)
                .orElse(AccountantRule.PLD),
            section
                .choice("size", Size.class)
                .describedAs(
                    """
                    Whether the exact number of units may be told. `private` where `sampling_rate` or
                    `public_units` is given; else q tells it, so it is `public`, and the statement
                    quotes the bound for replacing one unit.\
                    """)
                .optional(),
            section
                .integer("public_units")
                .atLeast(1)
                .describedAs(
                    """
                    About how many units there are, as anyone may know: q is then `batch_size` over
                    it, and the exact number stays private.\
                    """)
                .optional(),
            false,
            section
                .flag("evaluation")
                .describedAs(
                    """
                    `true` measures the loss on held-out private rows inside the steps, under their
                    noise and at no further ε, for the log that may be shown and for `keep_best`:
                    held-out rows are drawn like the others and give their loss, up to `loss_bound`,
                    in place of a gradient.\
                    """)
                .orElse(false),
            section
                .integer("rows_per_user")
                .atLeast(1)
                .atMost(1000)
                .describedAs(
                    """
                    How many rows one person may have, when `dataset.privacy_unit` is `row`: above 1
                    the statement also bounds ε for a person with so many.\
                    """)
                .orElse(1),
            section.optionalSection(
                "selection",
                "The run is one of a random number of which only the best is released; ε is that of"
                    + " all of them. `./reticent tune` sets it.",
                SelectionSettings::read),
            RegistrySettings.read(section),
            section
                .flag("secure")
                .describedAs(
                    """
                    `false` makes the noise follow the seed, so that a run can be repeated in a
                    test; no guarantee is then stated.\
                    """)
                .orElse(true));
    settings.check(section);
    return settings;
  }

  /** These settings where q is given in another section. */
  PrivacySettings withRateGiven() {
    return new PrivacySettings(
        enabled,
        targetEpsilon,
        delta,
        noiseMultiplier,
        noise,
        clipping,
        sampler,
        largestBatch,
        givenAdjacency,
        accountant,
        givenSize,
        publicUnits,
        true,
        evaluation,
        rowsPerUser,
        selection,
        registry,
        secure);
  }

  /** Whether what is published tells the exact number of privacy units. */
  public boolean sizeIsPublic() {
    return givenSize.map(size -> size == Size.PUBLIC).orElse(!sizeCanBePrivate());
  }

  /** Whether q is computed without the exact number of units. */
  boolean sizeCanBePrivate() {
    return rateGiven || publicUnits.isPresent();
  }

  /**
   * Which data sets are hard to tell apart: what the budget is held against and ε is quoted for.
   */
  public Adjacency adjacency() {
    return givenAdjacency.orElse(
        sizeIsPublic() ? Adjacency.REPLACE_ONE : Adjacency.ADD_OR_REMOVE_ONE);
  }

  /** Whether steps have a limit. */
  public boolean truncates() {
    return enabled && sampler == SamplerRule.TRUNCATED_POISSON;
  }

  /**
   * The limit on batches; empty where there is none.
   *
   * @param q the chance of a row to be in a step
   * @param units N
   */
  public Optional<Truncation> truncation(double q, int units) {
    return truncates()
        ? Optional.of(
            new Truncation(
                units,
                largestBatch.orElseGet(() -> Subsampling.TruncatedPoisson.largestBatch(q, units))))
        : Optional.empty();
  }

  private static Map<String, Adjacency> adjacencies() {
    Map<String, Adjacency> names = new LinkedHashMap<>();
    names.put("add-remove", Adjacency.ADD_OR_REMOVE_ONE);
    names.put("replace-one", Adjacency.REPLACE_ONE);
    return names;
  }

  private void check(Section section) {
    section.check(
        !enabled || targetEpsilon.isPresent() || noiseMultiplier.isPresent(),
        "missing, and noise_multiplier too: give the budget (target_epsilon: 3) or the noise"
            + " (noise_multiplier: 1), or set enabled: false",
        "target_epsilon",
        "noise_multiplier",
        "enabled");
    section.check(
        noise.bands() == 1 || rowsPerUser == 1,
        "has no accountant with banded noise; give the column of the person as"
            + " dataset.privacy_unit, or take noise.mechanism: independent",
        "rows_per_user",
        "noise.mechanism");
    section.check(
        largestBatch.isEmpty() || sampler == SamplerRule.TRUNCATED_POISSON,
        "is for sampler: truncated_poisson; give that, or leave it out",
        "largest_batch",
        "sampler");
    section.check(
        !truncates() || (noise.bands() == 1 && rowsPerUser == 1 && !evaluation),
        "truncated_poisson has no accountant with banded noise, rows_per_user or evaluation; leave"
            + " these out, or take poisson",
        "sampler",
        "noise.mechanism",
        "rows_per_user",
        "evaluation");
    section.check(
        !truncates() || (registry.isEmpty() && selection.isEmpty()),
        "truncated_poisson is accounted for a run by itself; leave registry and selection out, or"
            + " take poisson, which tune needs too",
        "sampler",
        "registry",
        "selection");
    section.check(
        selection.isEmpty() || registry.isEmpty(),
        "counts each run by itself, and the total of a selection is another; leave one of them out",
        "registry",
        "selection");
    section.check(
        selection.isEmpty() || rowsPerUser == 1,
        "has no accountant where the best of several runs is released; leave it out",
        "rows_per_user",
        "selection");
    ClippingSettings.check(clipping, section);
  }
}
