package dev.reticent.sampling;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * From logits [V] to a token, in the order that {@link SamplingParameters} documents.
 *
 * <p>Biases and penalties are applied in float, as the reference implementations do; everything
 * after is double arithmetic relative to the largest logit, so no temperature overflows.
 */
final class LogitsPipeline {
  private final SamplingParameters parameters;

  LogitsPipeline(SamplingParameters parameters) {
    this.parameters = parameters;
  }

  /**
   * Chooses a token.
   *
   * @param logits the model's own; not changed
   * @param masks exclude the tokens that not all of them hold
   * @throws UnusableLogitsException if a logit is not usable, or there is no token to choose
   */
  int choose(float[] logits, History history, List<BitSet> masks, RandomGenerator random) {
    largest(logits); // what is wrong with them must not hide behind a constraint
    float[] z = penalised(logits, history);
    for (BitSet allowed : masks) {
      for (int id = allowed.nextClearBit(0); id < z.length; id = allowed.nextClearBit(id + 1)) {
        z[id] = Float.NEGATIVE_INFINITY;
      }
    }
    if (parameters.temperature() == 0) {
      return largest(z);
    }
    return draw(weights(z), random);
  }

  /** Logits [V] after biases and penalties, a copy. */
  float[] penalised(float[] logits, History history) {
    float[] z = logits.clone();
    parameters
        .logitBias()
        .forEach(
            (id, bias) -> {
              if (id < z.length) {
                z[id] =
                    bias <= SamplingParameters.EXCLUDED ? Float.NEGATIVE_INFINITY : z[id] + bias;
              }
            });
    float repetition = (float) parameters.repetitionPenalty();
    if (repetition != 1) {
      for (int id : history.seen()) {
        z[id] = z[id] > 0 ? z[id] / repetition : z[id] * repetition;
      }
    }
    float frequency = (float) parameters.frequencyPenalty();
    float presence = (float) parameters.presencePenalty();
    if (frequency != 0 || presence != 0) {
      history
          .counts()
          .forEach(
              (id, count) -> {
                z[id] -= frequency * count;
                z[id] -= presence;
              });
    }
    return z;
  }

  /** Unnormalised probabilities [V]; the tokens left out have 0. */
  double[] weights(float[] z) {
    float max = z[largest(z)];
    double[] weights = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      weights[i] = Math.exp(((double) z[i] - max) / parameters.temperature());
    }
    // The likeliest token's weight is exp(0) = 1.
    if (parameters.minP() > 0) {
      for (int i = 0; i < weights.length; i++) {
        if (weights[i] < parameters.minP()) {
          weights[i] = 0;
        }
      }
    }
    boolean topK = parameters.topK() > 0 && parameters.topK() < z.length;
    if (topK || parameters.topP() < 1) {
      keepLikeliest(z, weights, topK ? parameters.topK() : z.length);
    }
    return weights;
  }

  private void keepLikeliest(float[] z, double[] weights, int k) {
    int[] order = LogitOrder.descending(z, i -> weights[i] > 0);
    int kept = Math.min(k, order.length);
    while (kept < order.length && z[order[kept]] == z[order[kept - 1]]) {
      kept++;
    }
    if (parameters.topP() < 1) {
      double total = 0;
      for (int i = 0; i < kept; i++) {
        total += weights[order[i]];
      }
      double mass = 0;
      int n = 0;
      while (n < kept && mass < parameters.topP() * total) {
        mass += weights[order[n++]];
      }
      kept = n;
    }
    for (int i = kept; i < order.length; i++) {
      weights[order[i]] = 0;
    }
  }

  /** The first token, by id, at which the running sum of weights passes u times their total. */
  private static int draw(double[] weights, RandomGenerator random) {
    double target = random.nextDouble() * Arrays.stream(weights).sum();
    double sum = 0;
    int last = -1;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        sum += weights[i];
        if (sum > target) {
          break;
        }
      }
    }
    return last;
  }

  private static int largest(float[] z) {
    int best = 0;
    for (int i = 0; i < z.length; i++) {
      if (Float.isNaN(z[i]) || z[i] == Float.POSITIVE_INFINITY) {
        throw new UnusableLogitsException("The logit of token " + i + " is " + z[i]);
      }
      if (z[i] > z[best]) {
        best = i;
      }
    }
    if (z.length == 0 || z[best] == Float.NEGATIVE_INFINITY) {
      throw new UnusableLogitsException("No token is left to choose from: every logit is excluded");
    }
    return best;
  }
}
