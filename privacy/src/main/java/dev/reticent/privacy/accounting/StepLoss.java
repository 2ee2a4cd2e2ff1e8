package dev.reticent.privacy.accounting;

import dev.reticent.privacy.accounting.LossPair.Direction;
import java.util.List;

/** The pairs that dominate one step, each with the chance that it is the one at work. */
record StepLoss(List<Part> parts) {
  private static final double MOST_PANELS = 2e6;

  record Part(double weight, LossPair pair) {}

  /**
   * The pair of an event's step in one direction.
   *
   * <p>Truncated Poisson (Ganesh et al. 2025): when at least the limit of the other rows are drawn,
   * with probability π, the row is in the batch with probability c = P(Bin(N, q) > limit)·limit /
   * (N·π) and displaces another, so that the sums lie at most 2 from what they share, on opposite
   * sides; else the step is Poisson's. Saying which of the two it is only makes the loss larger.
   *
   * @throws UnaccountedException when no pair is known
   */
  static StepLoss of(PrivacyEvent event, Direction direction, Neighbors neighbors) {
    Subsampling sampling = event.sampling();
    double sigma = event.noiseMultiplier();
    int rows = neighbors.rowsPerUnit();
    check(sampling, neighbors);
    if (sampling instanceof Subsampling.TruncatedPoisson truncated) {
      double full =
          Binomial.atLeast(truncated.largestBatch(), truncated.rows() - 1, truncated.rate());
      LossPair usual = new LossPair(direction, truncated.rate(), sigma, 1);
      if (full == 0) {
        return new StepLoss(List.of(new Part(1, usual)));
      }
      double kept =
          Binomial.atLeast(truncated.largestBatch() + 1, truncated.rows(), truncated.rate())
              * truncated.largestBatch()
              / (truncated.rows() * full);
      LossPair displacing = new LossPair(Direction.REPLACE, Math.min(1, kept), sigma / 2, 1);
      return new StepLoss(List.of(new Part(1 - full, usual), new Part(full, displacing)));
    }
    return new StepLoss(
        List.of(new Part(1, new LossPair(direction, sampling.rate(), sigma, rows))));
  }

  /** How far the losses of one step lie apart, but for a tail at each end. */
  double span(double tail) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Part part : parts) {
      low = Math.min(low, part.pair.loss(part.pair.from(tail)));
      high = Math.max(high, part.pair.loss(part.pair.to(tail)));
    }
    return high - low;
  }

  /**
   * Refuses noise so small that sorting the outcomes by their loss would take more than a second.
   *
   * @throws ArithmeticException then
   */
  void checkCost() {
    for (Part part : parts) {
      if (LossCells.panels(part.pair) > MOST_PANELS) {
        throw new ArithmeticException("σ = " + part.pair.sigma + " is out of range");
      }
    }
  }

  /** The least loss that a pair can have; −∞ where there is none. */
  double edge() {
    return parts.stream().mapToDouble(part -> part.pair.leastLoss()).min().orElseThrow();
  }

  /** Whether some data make the step as bad as its pair. */
  static boolean isTight(Subsampling sampling) {
    return !(sampling instanceof Subsampling.TruncatedPoisson);
  }

  /** Refuses what no pair is known for. */
  static void check(Subsampling sampling, Neighbors neighbors) {
    if (sampling instanceof Subsampling.FixedSize) {
      throw new UnaccountedException("PLD", sampling, neighbors, "use RDP under REPLACE_ONE");
    }
    boolean truncated = sampling instanceof Subsampling.TruncatedPoisson;
    boolean replace = neighbors.adjacency() == Adjacency.REPLACE_ONE;
    if (truncated && neighbors.adjacency() == Adjacency.ADD_OR_REMOVE_ONE) {
      throw new UnaccountedException(
          "PLD", sampling, neighbors, "its N is public: use ZERO_OUT or REPLACE_ONE");
    }
    if (neighbors.rowsPerUnit() > 1 && (truncated || (replace && sampling.rate() < 1))) {
      throw new UnaccountedException(
          "PLD",
          sampling,
          neighbors,
          "for units of several rows use Poisson and ADD_OR_REMOVE_ONE");
    }
  }
}
