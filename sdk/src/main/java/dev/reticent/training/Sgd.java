package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.privacy.MeanGradient;
import java.util.Map;

/** Gradient descent with momentum: u = μu + g, θ = θ − η (u + λθ). */
@Internal
public final class Sgd implements Optimizer {

  private final double momentum;
  private final double weightDecay;
  private final float[] u;
  private int steps;

  /**
   * @param size number of parameters
   */
  public Sgd(int size, double momentum, double weightDecay) {
    this.momentum = momentum;
    this.weightDecay = weightDecay;
    this.u = new float[size];
  }

  @Override
  public void step(float[] parameters, MeanGradient gradient, double learningRate) {
    steps++;
    float[] g = gradient.values();
    Slices.each(
        parameters.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            u[i] = (float) (momentum * u[i] + g[i]);
            parameters[i] -= (float) (learningRate * (u[i] + weightDecay * parameters[i]));
          }
        });
  }

  @Override
  public Map<String, float[]> state() {
    return Map.of("u", u);
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public void restore(Map<String, float[]> state, int stepsTaken) {
    copy(state, "u", u);
    steps = stepsTaken;
  }

  static void copy(Map<String, float[]> state, String name, float[] into) {
    float[] from = state.getOrDefault(name, new float[0]);
    if (from.length != into.length) {
      throw new IllegalArgumentException(
          "optimizer state %s: expected %d values, found %d"
              .formatted(name, into.length, from.length));
    }
    System.arraycopy(from, 0, into, 0, into.length);
  }
}
