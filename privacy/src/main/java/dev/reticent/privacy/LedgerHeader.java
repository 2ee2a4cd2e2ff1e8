package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.RandomStopping;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run promised before its first step; a resumed run must promise the same.
 *
 * <p>It stands in a file that may leave, so nothing in it is computed from the rows: which those
 * were is in {@link DataMark}.
 *
 * @param plan q, σ and T
 * @param clipNorm C
 * @param delta δ
 * @param budget the ε that must not be exceeded
 * @param adjacency what the ε of the budget compares
 * @param unit what one privacy unit is, such as {@code row} or a column's name
 * @param configDigest digest of all of the config that decides the run's result
 * @param selection of how many runs it is the only one that is released; empty when it is alone
 * @param secretKey false in test runs whose randomness anyone can recompute
 */
public record LedgerHeader(
    SubsampledGaussian plan,
    double clipNorm,
    double delta,
    double budget,
    Adjacency adjacency,
    String unit,
    String configDigest,
    Optional<RandomStopping> selection,
    boolean secretKey) {

  /** Of a run that is not one of several. */
  public LedgerHeader(
      SubsampledGaussian plan,
      double clipNorm,
      double delta,
      double budget,
      Adjacency adjacency,
      String unit,
      String configDigest,
      boolean secretKey) {
    this(plan, clipNorm, delta, budget, adjacency, unit, configDigest, Optional.empty(), secretKey);
  }

  String toJson() {
    return String.format(
        Locale.ROOT,
        "\"kind\":\"run\",%s,\"adjacency\":%s,\"sampling_rate\":%s,\"noise_multiplier\":%s,\"steps\":%d,\"clip_norm\":%s,\"delta\":%s,\"budget\":%s,\"unit\":%s,\"config\":%s%s,\"guarantee\":%s",
        sampler(),
        quoted(words(adjacency)),
        plan.samplingRate(),
        plan.noiseMultiplier(),
        plan.steps(),
        clipNorm,
        delta,
        Double.isInfinite(budget) ? "null" : Double.toString(budget),
        quoted(unit),
        quoted(configDigest),
        selection.map(LedgerHeader::words).orElse(""),
        secretKey);
  }

  private static String words(RandomStopping selection) {
    return ",\"best_of\":%s,\"mean_runs\":%s"
        .formatted(quoted(selection.rule().name().toLowerCase(Locale.ROOT)), selection.mean());
  }

  /** How units are drawn, and over how many steps the noise is correlated, if it is. */
  private String sampler() {
    String name = "\"sampler\":" + quoted(samplerName());
    String bands = plan.bands() == 1 ? "" : ",\"bands\":" + plan.bands();
    String limit =
        plan.truncation()
            .map(t -> ",\"units\":%d,\"largest_batch\":%d".formatted(t.units(), t.largestBatch()))
            .orElse("");
    return name + bands + limit;
  }

  String samplerName() {
    if (plan.truncation().isPresent()) {
      return "truncated-poisson";
    }
    return plan.bands() == 1 ? "poisson" : "cyclic-poisson";
  }

  /** An adjacency as files name it: add-or-remove-one, replace-one, zero-out. */
  static String words(Adjacency adjacency) {
    return adjacency.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
