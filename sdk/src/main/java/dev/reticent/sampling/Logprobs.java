package dev.reticent.sampling;

import dev.reticent.api.Internal;
import java.util.ArrayList;
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

  /** The n likeliest; n is small, so each is found by a walk over all. */
  List<TokenLogprob> top(int n) {
    List<TokenLogprob> top = new ArrayList<>(n);
    boolean[] taken = new boolean[n == 0 ? 0 : logits.length];
    for (int rank = 0; rank < Math.min(n, logits.length); rank++) {
      int best = -1;
      for (int i = 0; i < logits.length; i++) {
        if (!taken[i] && (best < 0 || logits[i] > logits[best])) {
          best = i;
        }
      }
      taken[best] = true;
      top.add(new TokenLogprob(best, of(best)));
    }
    return top;
  }
}
