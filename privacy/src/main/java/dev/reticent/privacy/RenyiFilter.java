package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A privacy filter: runs may go on as long as their divergences at one order, added up, stay within
 * a budget, and then all of them together are (ε, δ)-differentially private, however each was
 * chosen by looking at those before.
 *
 * <p>Filters are of Rogers, Roth, Ullman and Vadhan (2016). That a sum of Rényi divergences of
 * adaptively chosen size is one needs a budget and an order that were fixed beforehand (Feldman and
 * Zrnic 2021, theorem 3.1; Lécuyer 2021); for an order that is fixed it holds too where runs go on
 * side by side (Haney et al. 2023). The best order in hindsight, by which a single run is
 * accounted, would be chosen by what was seen.
 *
 * @param order α, above 1
 * @param epsilon ε of all runs together
 * @param delta δ of all runs together
 */
record RenyiFilter(double order, double epsilon, double delta, Neighbors neighbors) {

  private static final int ORDERS = 200;
  private static final double LEAST_BEYOND = 0.01;
  private static final double MOST_BEYOND = 1000;

  /**
   * The filter that lets the first run be repeated most often; chosen before anything is released.
   */
  static RenyiFilter before(PrivacyEvent first, double epsilon, double delta, Neighbors neighbors) {
    RdpAccountant accountant = new RdpAccountant(neighbors);
    RenyiFilter best = new RenyiFilter(2, epsilon, delta, neighbors);
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < ORDERS; i++) {
      double order = 1 + LEAST_BEYOND * Math.pow(MOST_BEYOND / LEAST_BEYOND, i / (ORDERS - 1.0));
      RenyiFilter filter = new RenyiFilter(order, epsilon, delta, neighbors);
      double times = filter.budget() / accountant.divergence(first, order);
      if (times > most) {
        most = times;
        best = filter;
      }
    }
    return best;
  }

  /** The divergence that converts to (ε, δ): Balle et al. 2020, theorem 21, turned round. */
  double budget() {
    return epsilon - Math.log1p(-1 / order) + Math.log(delta * order) / (order - 1);
  }

  /** The share of the budget that runs take; above 1 they are too many. */
  double used(List<PrivacyEvent> runs) {
    RdpAccountant accountant = new RdpAccountant(neighbors);
    double sum = runs.stream().mapToDouble(run -> accountant.divergence(run, order)).sum();
    return budget() > 0 ? sum / budget() : Double.POSITIVE_INFINITY;
  }

  /** Whether it is the filter of this budget. */
  boolean keeps(double otherEpsilon, double otherDelta, Neighbors others) {
    return epsilon == otherEpsilon && delta == otherDelta && neighbors.equals(others);
  }

  String line() {
    return String.format(
        Locale.ROOT, "%s %s %s %s", order, epsilon, delta, neighbors.adjacency().name());
  }

  /**
   * @throws IllegalArgumentException when the line is not a filter
   */
  static RenyiFilter parse(Path file, String line) {
    String[] parts = line.split(" ");
    try {
      return new RenyiFilter(
          Double.parseDouble(parts[0]),
          Double.parseDouble(parts[1]),
          Double.parseDouble(parts[2]),
          Neighbors.of(Adjacency.valueOf(parts[3])));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          file + ": not the budget that the first run fixed: '" + line + "'; restore the file", e);
    }
  }
}
