package dev.reticent.training;

import dev.reticent.privacy.PrivateCurve;
import java.util.Optional;

/**
 * What one optimizer step did.
 *
 * <p>Fields from {@code loss} to {@code clippedFraction} are computed on private examples before
 * noise: they are for the owner of the data and not covered by ε. {@code curve} is.
 *
 * @param step steps finished, from 1
 * @param totalSteps steps planned
 * @param learningRate of this step
 * @param epsilonSpent ε so far; 0 without privacy
 * @param gradientNorm norm of the gradient that the optimizer got, after noise
 * @param loss mean loss of the batch's examples; NaN for an empty batch
 * @param batchSize examples in the batch
 * @param tokens tokens in the batch
 * @param clippedFraction share of examples whose gradient was clipped; NaN for an empty batch or
 *     without privacy
 * @param seconds time the step took
 * @param curve private estimates of loss and clipped fraction; empty when none were asked for
 * @param clipThreshold the norm above which this step scaled gradients down; infinite without
 *     privacy
 */
public record StepReport(
    int step,
    int totalSteps,
    double learningRate,
    double epsilonSpent,
    double gradientNorm,
    double loss,
    int batchSize,
    long tokens,
    double clippedFraction,
    double seconds,
    Optional<PrivateCurve.Estimate> curve,
    double clipThreshold) {

  /** How fast the step was. */
  public double tokensPerSecond() {
    return tokens / seconds;
  }
}
