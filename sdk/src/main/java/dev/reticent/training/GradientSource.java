package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.privacy.MeanGradient;
import dev.reticent.privacy.PrivateCurve;
import java.util.Optional;

/** Draws a batch for each step and computes the gradient an optimizer may use. */
@Internal
public interface GradientSource {

  /**
   * @param gradient what the optimizer gets; its values hold until the next step is asked for
   * @param epsilonSpent ε after this step; 0 without privacy
   * @param statistics of the batch, not covered by ε
   * @param curve the private estimates that rode along, covered by ε; empty when none were asked
   *     for
   */
  record Step(
      MeanGradient gradient,
      double epsilonSpent,
      BatchStatistics statistics,
      Optional<PrivateCurve.Estimate> curve) {}

  /** The norm above which a gradient is scaled down, as it now stands; infinite without privacy. */
  default double clipThreshold() {
    return Double.POSITIVE_INFINITY;
  }

  /**
   * The gradient of a step.
   *
   * @param step from 0
   * @throws dev.reticent.privacy.BudgetExceededException when the step would exceed the budget
   */
  Step next(int step);
}
