package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.privacy.NoisyMeans;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class AdamWTest {

  private static final float[][] GRADIENTS = {{0.3f, -0.2f}, {-0.1f, 0.05f}, {0.25f, 0.4f}};
  private static final double[] NOISE = {0.1, 0.2, 0.1};

  private static AdamW adamW(OptionalDouble floor) {
    return new AdamW(2, 0.9, 0.999, 1e-8, 0.01, floor);
  }

  private static float[] trained(AdamW optimizer, int from, float[] parameters) {
    for (int step = from; step < GRADIENTS.length; step++) {
      optimizer.step(parameters, NoisyMeans.of(GRADIENTS[step], NOISE[step]), 0.01);
    }
    return parameters;
  }

  /**
   * From NumPy in double precision, written after the paper's algorithm:
   *
   * <pre>
   * m=v=np.zeros(2); n=0; p=np.array([1,-2.])
   * for t,(g,s) in enumerate(zip(G,S),1):
   *   m=.9*m+.1*g; v=.999*v+.001*g*g; n=.999*n+.001*s*s
   *   a,b=1-.9**t,1-.999**t
   *   w=v/b if floor is None else np.maximum(v/b-n/b,floor*n/b)
   *   p=p-.01*(m/a/(np.sqrt(w)+1e-8)+.01*p)
   * </pre>
   */
  @Test
  void stepsAreThoseOfTheFormulaWithTheNoiseAndWithout() {
    float[] with = trained(adamW(OptionalDouble.empty()), 0, new float[] {1, -2});
    assertThat(with[0]).isCloseTo(0.9793102f, within(2e-6f));
    assertThat(with[1]).isCloseTo(-1.9887261f, within(2e-6f));
    float[] without = trained(adamW(OptionalDouble.of(0.5)), 0, new float[] {1, -2});
    assertThat(without[0]).isCloseTo(0.9753880f, within(2e-6f));
    assertThat(without[1]).isCloseTo(-1.9865266f, within(2e-6f));
  }

  /** Noise of ±s around a gradient g: what is left of the second moment is g², whatever s is. */
  @Test
  void theNoiseFallsOutOfTheSecondMoment() {
    for (float s : new float[] {0, 0.1f, 1}) {
      AdamW optimizer = new AdamW(1, 0, 0.999, 1e-8, 0, OptionalDouble.of(1e-3));
      float[] parameters = {0};
      float before = 0;
      for (int step = 0; step < 2000; step++) {
        float sign = step % 2 == 0 ? 1 : -1;
        before = parameters[0];
        optimizer.step(parameters, NoisyMeans.of(new float[] {0.5f + sign * s}, s), 1e-4);
      }
      double expected = 1e-4 * (0.5 - s) / 0.5;
      assertThat(before - parameters[0])
          .as("noise " + s)
          .isCloseTo((float) expected, within(2e-6f));
    }
  }

  @Test
  void anOptimizerThatGoesOnStepsAsOneThatWasNotStopped() {
    AdamW first = adamW(OptionalDouble.of(0.5));
    float[] parameters = {1, -2};
    first.step(parameters, NoisyMeans.of(GRADIENTS[0], NOISE[0]), 0.01);
    Map<String, float[]> state = new HashMap<>();
    first.state().forEach((name, values) -> state.put(name, values.clone()));
    AdamW second = adamW(OptionalDouble.of(0.5));
    second.restore(state, first.steps());
    assertThat(trained(second, 1, parameters))
        .isEqualTo(trained(adamW(OptionalDouble.of(0.5)), 0, new float[] {1, -2}));
  }
}
