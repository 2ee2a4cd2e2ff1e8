package dev.reticent.privacy;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A {@link PrivacyStatement} as one page in words. */
final class StatementPage {

  private StatementPage() {}

  static String of(PrivacyStatement statement) {
    return """
    Privacy statement
    =================

    %s\
    """
        .formatted(statement.guarantee() ? guarantee(statement) : nothing());
  }

  private static String nothing() {
    return """
    This run used a test key that anyone can recompute. It has NO privacy guarantee,
    and no ε can be stated for it.
    """;
  }

  private static String guarantee(PrivacyStatement statement) {
    LedgerHeader header = statement.header();
    SubsampledGaussian plan = header.plan();
    int bands = plan.bands();
    return String.format(
        Locale.ROOT,
        """
        The trained weights are (ε, δ)-differentially private with ε = %.4f and δ = %s.

        %s
        Unit        one unit, protected as a whole, is: %s
        Adjacency   data sets that differ by %s one unit
        Sampler     %s
        Noise       σ = %s times the clip norm C = %s (L2), from a secret key%s
        Steps       %d charged of %d planned%s
        Budget      %s
        Delta       %s%s
        %s%s%s%s\
        """,
        statement.bounds().get(0).epsilon(),
        header.delta(),
        statement.decisions().toText(),
        header.unit(),
        statement.replacing() ? "replacing" : "adding or removing",
        sampler(plan),
        plan.noiseMultiplier(),
        header.clipNorm(),
        bands == 1 ? "" : "; correlated over steps, " + bands + " bands",
        statement.stepsCharged(),
        plan.steps(),
        bands == 1 ? "" : ", which is " + statement.roundsCharged() + " rounds of " + bands,
        Double.isInfinite(header.budget()) ? "none" : "ε ≤ " + header.budget(),
        header.delta(),
        besideSize(statement),
        section("Bounds on ε at this δ", statement.bounds(), StatementPage::bound),
        section(
            "Weights that this is about, by their SHA-256",
            List.copyOf(statement.weights().entrySet()),
            file -> file.getValue() + "  " + file.getKey()),
        section("Remarks", statement.remarks(), remark -> "- " + remark),
        section("Not covered", PrivacyStatement.NOT_COVERED, what -> "- " + what));
  }

  private static String sampler(SubsampledGaussian plan) {
    if (plan.truncation().isPresent()) {
      return "truncated Poisson: each of %d units with probability q = %s, and of more than %d a random part"
          .formatted(
              plan.truncation().get().units(),
              plan.samplingRate(),
              plan.truncation().get().largestBatch());
    }
    return plan.bands() == 1
        ? "Poisson: each unit in each step with probability q = " + plan.samplingRate()
        : "cyclic Poisson: %d groups take turns, each unit of one with probability %s"
            .formatted(plan.bands(), plan.accounted().samplingRate());
  }

  /** What δ is beside one over N, where N is public. */
  private static String besideSize(PrivacyStatement statement) {
    if (statement.publicUnits() <= 0) {
      return "";
    }
    return (statement.deltaTooLarge() ? " — LARGER than 1/N, which is too much:" : ", at most 1/N:")
        + " N = "
        + statement.publicUnits();
  }

  private static String bound(PrivacyStatement.Bound bound) {
    return String.format(Locale.ROOT, "%10.4f  %s", bound.epsilon(), bound.words());
  }

  /** A heading and indented lines behind an empty one; nothing where there is nothing to say. */
  private static <T> String section(String heading, List<T> items, Function<T, String> line) {
    return items.isEmpty()
        ? ""
        : items.stream()
            .map(item -> "  " + line.apply(item) + "\n")
            .collect(Collectors.joining("", "\n" + heading + "\n", ""));
  }
}
