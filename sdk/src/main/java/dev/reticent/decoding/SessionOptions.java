package dev.reticent.decoding;

/**
 * The size of a {@link DecodingSession}.
 *
 * @param rows how many sequences there can be at once
 * @param maxTokens the most tokens of one
 * @param cacheTokens for how many tokens keys and values are held, rounded up to blocks
 * @param blockTokens tokens a block; prompts are computed a block at a time, and only whole blocks
 *     are taken over. Larger ones waste more of a short prompt's work and read the weights less
 *     often for a long one
 * @param reusePrefixes whether rows take over what earlier ones computed
 */
public record SessionOptions(
    int rows, int maxTokens, int cacheTokens, int blockTokens, boolean reusePrefixes) {

  /** Tokens a block unless said otherwise. */
  public static final int BLOCK_TOKENS = 64;

  public SessionOptions {
    if (rows < 1 || maxTokens < 1 || blockTokens < 1 || cacheTokens < maxTokens) {
      throw new IllegalArgumentException(
          "rows %d, maxTokens %d, cacheTokens %d, blockTokens %d: each must be at least 1, and the cache must hold one whole row"
              .formatted(rows, maxTokens, cacheTokens, blockTokens));
    }
  }

  /** Room for every row to grow to the whole length, with reuse. */
  public static SessionOptions of(int rows, int maxTokens) {
    int blocks = (maxTokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
    return new SessionOptions(
        rows,
        maxTokens,
        Math.multiplyExact(rows, Math.multiplyExact(blocks, BLOCK_TOKENS)),
        BLOCK_TOKENS,
        true);
  }

  /** How many blocks so many tokens take. */
  int blocks(int tokens) {
    return Math.max(1, (tokens + blockTokens - 1) / blockTokens);
  }
}
