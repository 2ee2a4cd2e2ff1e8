package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.privacy.MeanGradient;
import java.util.Map;

/**
 * Changes parameters by a gradient that says what protects it; it accepts no other.
 *
 * <p>State is fp32, on the host.
 */
@Internal
public sealed interface Optimizer permits AdamW, Sgd {

  /**
   * One step on all parameters, in place.
   *
   * @param learningRate of this step
   */
  void step(float[] parameters, MeanGradient gradient, double learningRate);

  /** The state by name, for a checkpoint: the arrays themselves, not copies. */
  Map<String, float[]> state();

  /** Steps taken. */
  int steps();

  /** Goes on from a checkpoint. */
  void restore(Map<String, float[]> state, int steps);
}
