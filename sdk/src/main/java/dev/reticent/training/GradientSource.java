package dev.reticent.training;

import dev.reticent.privacy.MeanGradient;

/** Draws a batch for each step and computes the gradient an optimizer may use. */
public interface GradientSource {

  /**
   * @param gradient what the optimizer gets
   * @param epsilonSpent ε after this step; 0 without privacy
   * @param statistics of the batch, not covered by ε
   */
  record Step(MeanGradient gradient, double epsilonSpent, BatchStatistics statistics) {}

  /**
   * The gradient of a step.
   *
   * @param step from 0
   * @throws dev.reticent.privacy.BudgetExceededException when the step would exceed the budget
   */
  Step next(int step);
}
