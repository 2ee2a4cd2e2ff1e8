package dev.reticent.sampling;

import dev.reticent.api.Internal;
import java.util.Arrays;
import java.util.List;

/** Log-probabilities log softmax(z) of the model's own logits [V]. */
@Internal
public final class Logprobs {
  private final float[] logits;
  private final double logTotal;

  /** The logits are read, not copied. */
  public Logprobs(float[] logits) {
    this.logits = logits;
    double max = Double.NEGATIVE_INFINITY;
    for (float z : logits) {
      max = Math.max(max, z);
    }
    double total = 0;
    for (float z : logits) {
      total += Math.exp(z - max);
    }
    this.logTotal = max + Math.log(total);
  }

  /** log p of a token, natural logarithm. */
  public double of(int id) {
    return logits[id] - logTotal;
  }

  /** The n likeliest, found in one walk, since a vocabulary is long and n small. */
  List<TokenLogprob> top(int n) {
    int[] best = new int[Math.min(n, logits.length)]; // likeliest first
    int found = 0;
    for (int i = 0; i < logits.length && best.length > 0; i++) {
      boolean room = found < best.length;
      if (room || logits[i] > logits[best[found - 1]]) {
        int at = room ? found++ : found - 1;
        while (at > 0 && logits[i] > logits[best[at - 1]]) {
          best[at] = best[at - 1];
          at--;
        }
        best[at] = i;
      }
    }
    return Arrays.stream(best).mapToObj(id -> new TokenLogprob(id, of(id))).toList();
  }
}
