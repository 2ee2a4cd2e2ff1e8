package dev.reticent.training;

import dev.reticent.config.UserInputException;
import java.util.Locale;

/**
 * Training that has left every range in which a model computes.
 *
 * <p>Looks at released values only, so that a stop tells nothing of the data: a gradient that is
 * not finite counts as zero, and a run would otherwise go on and spend its budget on noise.
 */
final class Divergence {
  /** Weights of published models stay below some hundred. */
  private static final float LARGEST = 10_000;

  private Divergence() {}

  /**
   * Refuses values after a step.
   *
   * @param step from 1
   * @throws UserInputException naming the step and the tensor, at the first value that is not
   *     finite or is beyond all use
   */
  static void refuse(Trainable trainable, int step, double learningRate) {
    float[] values = trainable.values();
    if (Slices.sum(values.length, (from, to) -> unusable(values, from, to)) == 0) {
      return;
    }
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(values[i]) <= LARGEST)) {
        throw new UserInputException(
            String.format(
                Locale.ROOT,
                "training diverged at step %d: %s holds %s, and no model computes with values"
                    + " beyond %.0f. Lower learning_rate (%s at this step) and start a new run;"
                    + " what this one spent of the budget stays spent.",
                step,
                trainable.tensorOf(i),
                values[i],
                LARGEST,
                learningRate));
      }
    }
  }

  private static int unusable(float[] values, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += Math.abs(values[i]) <= LARGEST ? 0 : 1;
    }
    return count;
  }
}
