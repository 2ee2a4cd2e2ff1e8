package dev.reticent.privacy;

/**
 * A limit on how many units a step has: of a batch above it a uniformly random part of that size is
 * kept (truncated Poisson; Ganesh et al. 2025).
 *
 * @param units N, from which each step draws; public, since the accountant computes with it
 * @param largestBatch the limit
 */
public record Truncation(int units, int largestBatch) {

  /**
   * @throws IllegalArgumentException unless both are at least 1
   */
  public Truncation {
    if (units < 1 || largestBatch < 1) {
      throw new IllegalArgumentException(
          "there must be at least one unit and one place in a batch, got %d and %d"
              .formatted(units, largestBatch));
    }
  }
}
