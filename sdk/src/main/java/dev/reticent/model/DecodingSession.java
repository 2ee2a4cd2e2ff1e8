package dev.reticent.model;

/**
 * Sequences being decoded, each in its own row of a cache of keys and values.
 *
 * <p>Rows come and go between steps, so a caller can batch requests of any age. What a row yields
 * depends on its own tokens only. Not thread-safe: one thread drives a session.
 */
public interface DecodingSession extends AutoCloseable {

  /** V, the number of logits. */
  int vocabularySize();

  /** How many tokens a row can hold. */
  int maxTokens();

  /** How many rows there are. */
  int capacity();

  /**
   * Reserves a free row of length 0.
   *
   * @throws IllegalStateException when every row is taken
   */
  int open();

  /**
   * Appends tokens to a row: a prompt, or a piece of one.
   *
   * @return logits [V] after the last of them
   */
  float[] extend(int row, int[] ids);

  /**
   * Appends one token to each of n rows.
   *
   * @return logits [n][V]
   */
  float[][] step(int[] rows, int[] ids);

  /** How many tokens a row holds. */
  int length(int row);

  /** Frees a row. */
  void release(int row);

  @Override
  void close();
}
