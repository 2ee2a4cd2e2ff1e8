package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.TradeOff;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a run guarantees and what it does not, for machines and for a privacy officer.
 *
 * <p>A run under a test key has no guarantee; its statement says so and prints no ε.
 *
 * @param header what the run promised
 * @param stepsCharged how many steps its ledger charged
 * @param roundsCharged how many independent steps those are accounted as
 * @param bounds the ε figures, the first being the one to quote
 * @param tradeOff what a test can do at most, for the neighbours of the first bound
 * @param publicUnits N, when the number of units is public; 0 when it is not
 * @param weights SHA-256 of the files that hold the trained values, by name
 * @param remarks further sentences about this run, such as what a loss curve cost it
 */
public record PrivacyStatement(
    LedgerHeader header,
    int stepsCharged,
    int roundsCharged,
    List<Bound> bounds,
    TradeOff tradeOff,
    long publicUnits,
    SortedMap<String, String> weights,
    List<String> remarks) {

  /**
   * One figure.
   *
   * @param key its name in privacy.json, such as {@code epsilon_pld_upper}
   * @param words what it bounds, such as {@code PLD, add or remove one row}
   */
  public record Bound(String key, String words, double epsilon) {}

  /** How the names of bounds for replacing one unit begin. */
  public static final String REPLACING = "epsilon_replace_one";

  static final List<String> NOT_COVERED =
      List.of(
          "choosing hyper-parameters by trying them on the same data (each run adds to the total)",
          "results on private evaluation data, and choices made by them",
          "the folder local and what a terminal shows: raw losses, clipped counts, batch sizes,"
              + " numbers of rows",
          "the time steps take, and anyone who can read the memory of the machine",
          "whatever the base model had learned before, and the tokenizer");

  public PrivacyStatement {
    bounds = List.copyOf(bounds);
    remarks = List.copyOf(remarks);
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    if (bounds.isEmpty()) {
      throw new IllegalArgumentException("a statement needs at least one bound on ε");
    }
    if (publicUnits > 0 && !bounds.get(0).key().startsWith(REPLACING)) {
      throw new IllegalArgumentException(
          "N differs where a unit is added or removed: a statement that tells it must quote the"
              + " bound for replacing one, not "
              + bounds.get(0).key());
    }
  }

  /** Whether there is anything to state. */
  public boolean guarantee() {
    return header.secretKey();
  }

  boolean replacing() {
    return header.adjacency() == Adjacency.REPLACE_ONE || publicUnits > 0;
  }

  /** What the quoted bound is for whoever has to decide by it. */
  public Decisions decisions() {
    return new Decisions(tradeOff, bounds.get(0).epsilon(), header.delta(), replacing());
  }

  boolean deltaTooLarge() {
    return publicUnits > 0 && header.delta() > 1.0 / publicUnits;
  }

  private String mechanism() {
    return header.plan().bands() == 1
        ? "Gaussian noise on sums of clipped gradients of sampled units (DP-SGD)"
        : "Gaussian noise on sums of clipped gradients of sampled units, correlated over steps by"
            + " the inverse of a banded matrix (BandMF)";
  }

  /** The content of privacy.json. */
  public String toJson() {
    StringBuilder out = new StringBuilder("{\n");
    line(out, "guarantee", Boolean.toString(guarantee()));
    line(out, "unit", LedgerHeader.quoted(header.unit()));
    line(out, "adjacency", LedgerHeader.quoted(LedgerHeader.words(header.adjacency())));
    line(out, "mechanism", LedgerHeader.quoted(mechanism()));
    line(out, "sampler", LedgerHeader.quoted(header.samplerName()));
    line(out, "bands", Integer.toString(header.plan().bands()));
    header
        .plan()
        .truncation()
        .ifPresent(
            limit -> {
              line(out, "units", Integer.toString(limit.units()));
              line(out, "largest_batch", Integer.toString(limit.largestBatch()));
            });
    line(out, "sampling_rate", number(header.plan().samplingRate()));
    line(out, "noise_multiplier", number(header.plan().noiseMultiplier()));
    line(out, "clip_norm", number(header.clipNorm()));
    line(out, "steps_planned", Integer.toString(header.plan().steps()));
    line(out, "steps_charged", Integer.toString(stepsCharged));
    line(out, "rounds_charged", Integer.toString(roundsCharged));
    line(out, "delta", number(header.delta()));
    line(out, "delta_above_one_over_n", Boolean.toString(deltaTooLarge()));
    line(out, "budget", number(header.budget()));
    if (guarantee()) {
      line(out, "epsilon", number(bounds.get(0).epsilon()));
      line(out, "epsilon_is", LedgerHeader.quoted(bounds.get(0).key()));
      for (Bound bound : bounds) {
        line(out, bound.key(), number(bound.epsilon()));
      }
      line(out, "in_other_words", LedgerHeader.quoted(decisions().sentence()));
      decisions().toJson().forEach((key, value) -> line(out, key, number(value)));
      line(
          out,
          Decisions.CURVE,
          decisions().curve().stream()
              .map(at -> "[" + at.falsePositives() + ", " + at.truePositives() + "]")
              .collect(Collectors.joining(", ", "[", "]")));
    }
    line(out, "config", LedgerHeader.quoted(header.configDigest()));
    out.append("  \"weights\": {");
    String next = "\n    ";
    for (Map.Entry<String, String> file : weights.entrySet()) {
      out.append(next).append(LedgerHeader.quoted(file.getKey())).append(": ");
      out.append(LedgerHeader.quoted(file.getValue()));
      next = ",\n    ";
    }
    out.append(weights.isEmpty() ? "},\n" : "\n  },\n");
    list(out, "remarks", remarks);
    out.append(",\n");
    list(out, "not_covered", NOT_COVERED);
    return out.append("\n}\n").toString();
  }

  private static void list(StringBuilder out, String key, List<String> items) {
    out.append("  ").append(LedgerHeader.quoted(key)).append(": [");
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "\n    " : ",\n    ").append(LedgerHeader.quoted(items.get(i)));
    }
    out.append(items.isEmpty() ? "]" : "\n  ]");
  }

  private static void line(StringBuilder out, String key, String value) {
    out.append("  ").append(LedgerHeader.quoted(key)).append(": ").append(value).append(",\n");
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "null";
  }

  /** One page in words. */
  public String toText() {
    return StatementPage.of(this);
  }
}
