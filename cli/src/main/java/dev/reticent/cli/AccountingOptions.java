package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import dev.reticent.privacy.accounting.Accountant;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import dev.reticent.privacy.accounting.Subsampling;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** What an ε is a statement about, as options of the privacy commands. */
final class AccountingOptions {
  @Option(
      names = "--delta",
      required = true,
      paramLabel = "D",
      description = "Delta; well below one over the number of rows.")
  private double delta;

  @Option(
      names = "--adjacency",
      defaultValue = "add-remove",
      paramLabel = "RELATION",
      description =
          "Which datasets are neighbors: add-remove (one user more), replace-one or zero-out.")
  private String adjacency = "add-remove";

  @Option(
      names = "--rows-per-user",
      defaultValue = "1",
      paramLabel = "K",
      description = "The most rows that a user has; epsilon then holds for users.")
  private int rowsPerUser = 1;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  double delta() {
    if (!(delta > 0 && delta < 1)) {
      throw new UserInputException("--delta: found " + delta + ", expected between 0 and 1");
    }
    return delta;
  }

  Neighbors neighbors() {
    if (rowsPerUser < 1 || rowsPerUser > 1000) {
      throw new UserInputException(
          "--rows-per-user: found " + rowsPerUser + ", expected 1 to 1000");
    }
    return new Neighbors(relation(), rowsPerUser);
  }

  private Adjacency relation() {
    return switch (adjacency.toLowerCase(Locale.ROOT).replace('_', '-')) {
      case "add-remove", "add-or-remove-one" -> Adjacency.ADD_OR_REMOVE_ONE;
      case "replace-one" -> Adjacency.REPLACE_ONE;
      case "zero-out" -> Adjacency.ZERO_OUT;
      default ->
          throw new UserInputException(
              "--adjacency: found '"
                  + adjacency
                  + "', expected add-remove, replace-one or zero-out");
    };
  }

  boolean json() {
    return json;
  }

  /**
   * The accountants that know this sampling, as {@code pld} and {@code rdp}.
   *
   * @throws UserInputException when there is none: no ε can be stated
   */
  Map<String, Accountant> accountants(Subsampling sampling) {
    Accountant pld = new PldAccountant(neighbors());
    Accountant rdp = new RdpAccountant(neighbors());
    Map<String, Accountant> accountants = new LinkedHashMap<>();
    if (pld.covers(sampling)) {
      accountants.put("pld", pld);
    }
    if (rdp.covers(sampling)) {
      accountants.put("rdp", rdp);
    }
    if (accountants.isEmpty()) {
      asked(() -> rdp.epsilon(new PrivacyEvent(sampling, 1, 1), delta()));
    }
    return accountants;
  }

  /** Runs what may refuse its input. */
  static <T> T asked(Supplier<T> question) {
    try {
      return question.get();
    } catch (IllegalArgumentException e) {
      throw new UserInputException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What the figures stand on. */
  Map<String, Object> assumptions(Subsampling sampling) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("delta", delta());
    if (sampling instanceof Subsampling.TruncatedPoisson truncated) {
      figures.put("sampler", "truncated-poisson");
      figures.put("rows", truncated.rows());
      figures.put("largest_batch", truncated.largestBatch());
    } else if (sampling instanceof Subsampling.FixedSize fixed) {
      figures.put("sampler", "fixed-size");
      figures.put("rows", fixed.rows());
      figures.put("batch", fixed.batch());
    } else {
      figures.put("sampler", sampling instanceof Subsampling.Poisson ? "poisson" : "once-per-pass");
    }
    figures.put(
        "adjacency",
        switch (relation()) {
          case ADD_OR_REMOVE_ONE -> "add-remove";
          case REPLACE_ONE -> "replace-one";
          case ZERO_OUT -> "zero-out";
        });
    figures.put("rows_per_user", rowsPerUser);
    return figures;
  }

  /** A positive, finite number given by an option. */
  static double positive(String option, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new UserInputException(option + ": found " + value + ", expected above 0");
    }
    return value;
  }
}
