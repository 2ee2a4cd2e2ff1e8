package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.privacy.MeanGradient;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2):
 *
 * <pre>m = β₁m + (1−β₁)g,  v = β₂v + (1−β₂)g²,  θ = θ − η (m̂ / (√v̂ + ϵ) + λθ)</pre>
 *
 * <p>The noise of a private gradient adds its variance s² to each g² on average, and where it is
 * most of v̂ every coordinate moves at the same rate. With a noise floor γ the step takes it out
 * again (Tang, Shpilevskiy and Lécuyer 2023, "DP-AdamBC", algorithm 1):
 *
 * <pre>n = β₂n + (1−β₂)s²,  √max(v̂ − n̂, γn̂) in place of √v̂</pre>
 *
 * <p>s is public, so this is a post-processing of the gradients. Their paper's floor is a number of
 * its own; here it is a share of the variance, which means the same whatever C, σ and the batch
 * are.
 */
@Internal
public final class AdamW implements Optimizer {

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double weightDecay;
  private final OptionalDouble noiseFloor;
  private final float[] m;
  private final float[] v;

  /** n: the mean variance of the noise. */
  private final float[] n = new float[1];

  private int steps;

  /**
   * @param size number of parameters
   */
  public AdamW(int size, double beta1, double beta2, double epsilon, double weightDecay) {
    this(size, beta1, beta2, epsilon, weightDecay, OptionalDouble.empty());
  }

  /**
   * @param size number of parameters
   * @param noiseFloor γ; empty to leave the noise in
   */
  public AdamW(
      int size,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      OptionalDouble noiseFloor) {
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.weightDecay = weightDecay;
    this.noiseFloor = noiseFloor;
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
    double variance = gradient.noiseDeviation() * gradient.noiseDeviation();
    n[0] = (float) (beta2 * n[0] + (1 - beta2) * variance);
    float noise = noiseFloor.isPresent() ? n[0] * correction2 : 0;
    float least = (float) (noiseFloor.orElse(0) * noise);
    Slices.each(
        parameters.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            m[i] = b1 * m[i] + (1 - b1) * g[i];
            v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
            float square = Math.max(v[i] * correction2 - noise, least);
            float update = correction1 * m[i] / ((float) Math.sqrt(square) + eps);
            parameters[i] -= update + decay * parameters[i];
          }
        });
  }

  @Override
  public Map<String, float[]> state() {
    return noiseFloor.isPresent() ? Map.of("m", m, "v", v, "n", n) : Map.of("m", m, "v", v);
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public void restore(Map<String, float[]> state, int stepsTaken) {
    Sgd.copy(state, "m", m);
    Sgd.copy(state, "v", v);
    if (noiseFloor.isPresent()) {
      Sgd.copy(state, "n", n);
    }
    steps = stepsTaken;
  }
}
