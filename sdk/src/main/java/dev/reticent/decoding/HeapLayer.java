package dev.reticent.decoding;

import dev.reticent.architecture.RopeTable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A layer in Java's heap: x + O(attention of norm(x)), then the same plus down(silu(gate)·up) of
 * its norm.
 *
 * @param attending queries, keys and values
 * @param gateUp the gate, then what is let through
 */
record HeapLayer(
    HeapNorm inputNorm,
    HeapLinear attending,
    HeapAttention attention,
    HeapLinear output,
    HeapNorm feedForwardNorm,
    HeapLinear gateUp,
    HeapLinear down) {

  /** One of the rows of a step. */
  interface Token {
    int position();

    Optional<RopeTable> turns(HeapAttention attention);

    /** Keeps the token's key and value in its row's memory, and gives that back. */
    HeapRow keep(float[] key, float[] value);
  }

  /**
   * Tokens of n rows through the layer, in place of x [n][D].
   *
   * @param layer its number
   */
  void apply(
      int layer, float[][] x, List<? extends Token> tokens, List<Optional<HeapAdapter>> adapters) {
    float[][] h = new float[x.length][x[0].length];
    float[][] whole = new float[x.length][attending.matrix().out()];
    normed(inputNorm, x, h);
    attending.apply(h, whole, adapters);
    int queries = attention.heads() * attention.headSize();
    int coordinates = attention.groups() * attention.headSize();
    float[][] seen = new float[x.length][queries];
    for (int r = 0; r < x.length; r++) {
      Token token = tokens.get(r);
      attention.turn(whole[r], token.position(), token.turns(attention));
      float[] key = Arrays.copyOfRange(whole[r], queries, queries + coordinates);
      float[] value =
          Arrays.copyOfRange(whole[r], queries + coordinates, queries + 2 * coordinates);
      HeapRow row = token.keep(key, value);
      attention.see(whole[r], row.keys[layer], row.values[layer], token.position(), seen[r]);
    }
    output.apply(seen, h, adapters);
    add(h, x);
    normed(feedForwardNorm, x, h);
    float[][] wide = new float[x.length][gateUp.matrix().out()];
    gateUp.apply(h, wide, adapters);
    int width = wide[0].length / 2;
    for (float[] row : wide) {
      for (int j = 0; j < width; j++) {
        row[j] = Exponential.silu(row[j]) * row[width + j];
      }
    }
    down.apply(wide, h, adapters);
    add(h, x);
  }

  private static void normed(HeapNorm norm, float[][] x, float[][] y) {
    for (int r = 0; r < x.length; r++) {
      norm.apply(x[r], y[r], 0);
    }
  }

  private static void add(float[][] more, float[][] x) {
    for (int r = 0; r < x.length; r++) {
      for (int j = 0; j < x[r].length; j++) {
        x[r][j] += more[r][j];
      }
    }
  }
}
