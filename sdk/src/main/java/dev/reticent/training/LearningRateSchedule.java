package dev.reticent.training;

/**
 * The learning rate at each step: linear warm-up, then constant, linear or cosine down to 0.
 *
 * @param peak the rate after warm-up
 * @param warmupSteps steps of warm-up; the first step already moves
 * @param totalSteps where linear and cosine reach 0
 */
public record LearningRateSchedule(Shape shape, double peak, int warmupSteps, int totalSteps) {

  /** What follows the warm-up. */
  public enum Shape {
    COSINE,
    LINEAR,
    CONSTANT
  }

  /** The rate of a step, from 0. */
  public double at(int step) {
    if (step < warmupSteps) {
      return peak * (step + 1) / warmupSteps;
    }
    double progress =
        Math.min(1, (step - warmupSteps) / (double) Math.max(1, totalSteps - warmupSteps));
    return switch (shape) {
      case CONSTANT -> peak;
      case LINEAR -> peak * (1 - progress);
      case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * progress));
    };
  }
}
