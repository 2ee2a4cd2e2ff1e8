package dev.reticent.decoding;

import dev.reticent.architecture.ModelConfig;

/**
 * Keys and values of one sequence in Java's heap, as attention's products want them.
 *
 * <p>A second copy beside the store's, which prompts are computed from.
 */
final class HeapRow {

  /** By layer and coordinate of all key heads, over positions. */
  final float[][][] keys;

  /** By layer and position, over coordinates of all value heads. */
  final float[][][] values;

  /** How many tokens are here. */
  int length;

  /**
   * @param most tokens it may come to hold
   */
  HeapRow(ModelConfig config, int most) {
    keys = new float[config.layers()][][];
    for (int layer = 0; layer < keys.length; layer++) {
      keys[layer] = new float[config.keyValueSize(layer)][most];
    }
    values = new float[config.layers()][most][];
  }

  /** Puts a token's key and value, the latter of which is not copied. */
  void put(int layer, int position, float[] key, float[] value) {
    for (int c = 0; c < key.length; c++) {
      keys[layer][c][position] = key[c];
    }
    values[layer][position] = value;
  }
}
