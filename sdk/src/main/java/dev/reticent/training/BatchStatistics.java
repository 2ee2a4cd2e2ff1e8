package dev.reticent.training;

import dev.reticent.api.Internal;
import java.io.Serializable;

/**
 * Sums over the examples of one batch; computed on private data.
 *
 * @param clipped examples whose gradient was longer than the bound
 */
@Internal
public record BatchStatistics(int examples, long tokens, double lossSum, int clipped)
    implements Serializable {

  /** Nothing yet. */
  public static final BatchStatistics EMPTY = new BatchStatistics(0, 0, 0, 0);

  BatchStatistics plus(long moreTokens, double[] losses, int moreClipped) {
    double sum = lossSum;
    for (double loss : losses) {
      sum += loss;
    }
    return new BatchStatistics(
        examples + losses.length, tokens + moreTokens, sum, clipped + moreClipped);
  }

  BatchStatistics plus(BatchStatistics more) {
    return new BatchStatistics(
        examples + more.examples,
        tokens + more.tokens,
        lossSum + more.lossSum,
        clipped + more.clipped);
  }

  /** Mean loss; NaN for an empty batch. */
  public double meanLoss() {
    return lossSum / examples;
  }

  /** Share of clipped examples; NaN for an empty batch. */
  public double clippedFraction() {
    return clipped / (double) examples;
  }
}
