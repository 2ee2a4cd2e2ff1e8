package dev.reticent.privacy;

import java.util.List;
import java.util.Locale;

/**
 * What a run guarantees and what it does not, for machines and for a privacy officer.
 *
 * <p>A run under a test key has no guarantee; its statement says so and prints no ε.
 *
 * @param header what the run promised
 * @param stepsCharged how many steps its ledger charged
 * @param bounds the ε figures, the first being the one to quote
 * @param publicUnits N, when the number of units is public; 0 when it is not
 */
public record PrivacyStatement(
    LedgerHeader header, int stepsCharged, List<Bound> bounds, long publicUnits) {

  /**
   * One figure.
   *
   * @param key its name in privacy.json, such as {@code epsilon_pld_upper}
   * @param words what it bounds, such as {@code PLD, add or remove one row}
   */
  public record Bound(String key, String words, double epsilon) {}

  private static final List<String> NOT_COVERED =
      List.of(
          "choosing hyper-parameters by trying them on the same data (each run adds to the total)",
          "results on private evaluation data, and choices made by them",
          "logs and TensorBoard runs marked private: losses, norms, clipped counts, batch sizes",
          "the time steps take, and anyone who can read the memory of the machine",
          "whatever the base model had learned before, and the tokenizer");

  public PrivacyStatement {
    bounds = List.copyOf(bounds);
    if (bounds.isEmpty()) {
      throw new IllegalArgumentException("a statement needs at least one bound on ε");
    }
  }

  /** Whether there is anything to state. */
  public boolean guarantee() {
    return header.secretKey();
  }

  private boolean deltaTooLarge() {
    return publicUnits > 0 && header.delta() > 1.0 / publicUnits;
  }

  /** The content of privacy.json. */
  public String toJson() {
    StringBuilder out = new StringBuilder("{\n");
    line(out, "guarantee", Boolean.toString(guarantee()));
    line(out, "unit", LedgerHeader.quoted(header.unit()));
    line(out, "adjacency", "\"add-or-remove-one\"");
    line(out, "sampler", "\"poisson\"");
    line(out, "sampling_rate", number(header.plan().samplingRate()));
    line(out, "noise_multiplier", number(header.plan().noiseMultiplier()));
    line(out, "clip_norm", number(header.clipNorm()));
    line(out, "steps_planned", Integer.toString(header.plan().steps()));
    line(out, "steps_charged", Integer.toString(stepsCharged));
    line(out, "delta", number(header.delta()));
    line(out, "delta_above_one_over_n", Boolean.toString(deltaTooLarge()));
    line(out, "budget", number(header.budget()));
    if (guarantee()) {
      for (Bound bound : bounds) {
        line(out, bound.key(), number(bound.epsilon()));
      }
    }
    line(out, "data", LedgerHeader.quoted(header.dataFingerprint()));
    line(out, "config", LedgerHeader.quoted(header.configDigest()));
    out.append("  \"not_covered\": [");
    for (int i = 0; i < NOT_COVERED.size(); i++) {
      out.append(i == 0 ? "\n    " : ",\n    ").append(LedgerHeader.quoted(NOT_COVERED.get(i)));
    }
    return out.append("\n  ]\n}\n").toString();
  }

  private static void line(StringBuilder out, String key, String value) {
    out.append("  ").append(LedgerHeader.quoted(key)).append(": ").append(value).append(",\n");
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "null";
  }

  /** One page in words. */
  public String toText() {
    StringBuilder out = new StringBuilder("Privacy statement\n=================\n\n");
    if (!guarantee()) {
      return out.append("This run used a test key that anyone can recompute. It has NO privacy")
          .append(" guarantee,\nand no ε can be stated for it.\n")
          .toString();
    }
    String unit = header.unit();
    out.append(
        String.format(
            Locale.ROOT,
            """
            The trained weights are (ε, δ)-differentially private with ε = %.4f and δ = %s.
            Whoever sees them, and every checkpoint of the run, can hardly tell whether any one
            %s was in the training data: no conclusion becomes more than e^ε times as likely,
            but for a probability of δ.

            """,
            bounds.get(0).epsilon(),
            header.delta(),
            unit));
    out.append("Unit        one ").append(unit).append(" is protected as a whole\n");
    out.append("Adjacency   data sets that differ by adding or removing one ").append(unit);
    out.append(
        String.format(
            Locale.ROOT,
            """

            Sampler     Poisson: each %s in each step with probability q = %s
            Noise       σ = %s times the clip norm C = %s (L2), from a secret key
            Steps       %d charged of %d planned
            Budget      ε ≤ %s
            """,
            unit,
            header.plan().samplingRate(),
            header.plan().noiseMultiplier(),
            header.clipNorm(),
            stepsCharged,
            header.plan().steps(),
            header.budget()));
    out.append("Delta       ").append(header.delta());
    if (publicUnits > 0) {
      out.append(deltaTooLarge() ? " — LARGER than 1/N, which is too much:" : ", below 1/N:");
      out.append(" N = ").append(publicUnits);
    }
    out.append("\n\nUpper and lower bounds on ε at this δ\n");
    for (Bound bound : bounds) {
      out.append(String.format(Locale.ROOT, "  %10.4f  %s%n", bound.epsilon(), bound.words()));
    }
    out.append("\nNot covered\n");
    for (String item : NOT_COVERED) {
      out.append("  - ").append(item).append('\n');
    }
    return out.toString();
  }
}
