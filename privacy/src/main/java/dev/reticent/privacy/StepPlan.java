package dev.reticent.privacy;

/**
 * All that is public of a private step: what the sampler, the noise, the accountant and the divisor
 * of the mean share, so that no two of them can disagree.
 *
 * @param mechanism q, σ and T
 * @param curve the private estimates that ride on the gradients
 * @param expectedBatchSize what sums are divided by; never the size of a batch drawn, which is
 *     private
 */
public record StepPlan(SubsampledGaussian mechanism, PrivateCurve curve, double expectedBatchSize) {

  public StepPlan {
    if (!(expectedBatchSize > 0) || Double.isInfinite(expectedBatchSize)) {
      throw new IllegalArgumentException(
          "the expected batch size must be positive, got " + expectedBatchSize);
    }
  }
}
