package dev.reticent.decoding;

import dev.reticent.architecture.LayerShape;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.RopeTable;
import java.util.Arrays;
import java.util.Optional;

/**
 * How the newest token of a sequence sees those before it: H query heads, G key heads, E
 * coordinates each.
 *
 * @param scale what a score is multiplied by
 * @param window how many latest tokens are seen, itself included; 0 for all
 * @param rope the kind of its turns, if it has any
 */
record HeapAttention(
    int heads,
    int groups,
    int headSize,
    float scale,
    int window,
    Optional<Integer> rope,
    Optional<HeapNorm> queryNorm,
    Optional<HeapNorm> keyNorm) {

  static HeapAttention of(
      ModelConfig config, int layer, Optional<HeapNorm> queryNorm, Optional<HeapNorm> keyNorm) {
    double scale = config.architecture().attention().scale();
    LayerShape shape = config.shape(layer);
    int kind = config.turns().get(layer);
    return new HeapAttention(
        config.heads(),
        shape.kvHeads(),
        shape.headDim(),
        (float) (scale == 0 ? 1 / Math.sqrt(shape.headDim()) : scale),
        config.windows().get(layer),
        kind < config.ropes().size() ? Optional.of(kind) : Optional.empty(),
        queryNorm,
        keyNorm);
  }

  /** Norms and turns queries and keys, which stand in front of the values in {@code whole}. */
  void turn(float[] whole, int position, Optional<RopeTable> table) {
    for (int head = 0; head < heads + groups; head++) {
      int at = head * headSize;
      (head < heads ? queryNorm : keyNorm).ifPresent(norm -> norm.apply(whole, whole, at));
      table.ifPresent(turns -> turn(whole, at, position, turns));
    }
  }

  private static void turn(float[] x, int at, int position, RopeTable turns) {
    int half = turns.half();
    for (int i = 0; i < half; i++) {
      float c = turns.cos()[position * half + i];
      float s = turns.sin()[position * half + i];
      float a = x[at + i];
      float b = x[at + i + half];
      x[at + i] = a * c - b * s;
      x[at + i + half] = b * c + a * s;
    }
  }

  /**
   * What the token at a position sees.
   *
   * @param queries [H·E], turned
   * @param keys [G·E][positions]
   * @param values [positions][G·E]
   * @param seen [H·E], filled
   */
  void see(float[] queries, float[][] keys, float[][] values, int position, float[] seen) {
    int first = window > 0 ? Math.max(0, position - window + 1) : 0;
    int count = position + 1 - first;
    float[] shares = new float[position + 1];
    float[] sum = new float[groups * headSize]; // where a value's coordinates stand in it
    for (int head = 0; head < heads; head++) {
      int own = head / (heads / groups) * headSize;
      Arrays.fill(shares, 0);
      Columns.add(keys, own, headSize, queries, head * headSize, shares, first, position + 1);
      soften(shares, first);
      Arrays.fill(sum, own, own + headSize, 0);
      Columns.add(values, first, count, shares, first, sum, own, own + headSize);
      System.arraycopy(sum, own, seen, head * headSize, headSize);
    }
  }

  /** Scores from {@code first} on become shares: softmax of them, scaled. */
  private void soften(float[] scores, int first) {
    float most = Float.NEGATIVE_INFINITY;
    for (int t = first; t < scores.length; t++) {
      most = Math.max(most, scores[t]);
    }
    double total = 0;
    for (int t = first; t < scores.length; t++) {
      double e = Exponential.of((double) scale * ((double) scores[t] - most));
      scores[t] = (float) e;
      total += e;
    }
    float over = (float) (1 / total);
    for (int t = first; t < scores.length; t++) {
      scores[t] *= over;
    }
  }
}
