package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.privacy.MeanGradient;
import java.util.Map;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2):
 *
 * <pre>m = β₁m + (1−β₁)g,  v = β₂v + (1−β₂)g²,  θ = θ − η (m̂ / (√v̂ + ϵ) + λθ)</pre>
 */
@Internal
public final class AdamW implements Optimizer {

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double weightDecay;
  private final float[] m;
  private final float[] v;
  private int steps;

  /**
   * @param size number of parameters
   */
  public AdamW(int size, double beta1, double beta2, double epsilon, double weightDecay) {
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.weightDecay = weightDecay;
    this.m = new float[size];
    this.v = new float[size];
  }

  @Override
  public void step(float[] parameters, MeanGradient gradient, double learningRate) {
    steps++;
    float[] g = gradient.values();
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float correction1 = (float) (learningRate / (1 - Math.pow(beta1, steps)));
    float correction2 = (float) (1 / (1 - Math.pow(beta2, steps)));
    float decay = (float) (learningRate * weightDecay);
    float eps = (float) epsilon;
    Slices.each(
        parameters.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            m[i] = b1 * m[i] + (1 - b1) * g[i];
            v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
            float update = correction1 * m[i] / ((float) Math.sqrt(v[i] * correction2) + eps);
            parameters[i] -= update + decay * parameters[i];
          }
        });
  }

  @Override
  public Map<String, float[]> state() {
    return Map.of("m", m, "v", v);
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public void restore(Map<String, float[]> state, int stepsTaken) {
    Sgd.copy(state, "m", m);
    Sgd.copy(state, "v", v);
    steps = stepsTaken;
  }
}
