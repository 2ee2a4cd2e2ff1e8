package dev.reticent.sampling;

import dev.reticent.api.Internal;
import dev.reticent.decoding.SessionOptions;
import dev.reticent.model.DecoderProgram;

/**
 * The size of a {@link GenerationQueue}. A prompt that begins as an earlier one of the same adapter
 * takes over what was computed, which changes no answer.
 *
 * @param rows how many requests run at once
 * @param contextTokens the most tokens of a prompt and its answer together
 * @param cacheTokens for how many tokens keys and values are held, those of running requests and
 *     those of earlier prompts together; a request starts when its own fit
 * @param lookupTokens how many tokens an answer that repeats itself or its prompt may be guessed
 *     ahead and checked in one step; it changes no answer. 0 for none
 */
@Internal
public record QueueOptions(int rows, int contextTokens, int cacheTokens, int lookupTokens) {

  /**
   * The most {@code lookupTokens}: with the token that is certain they make one product of rows.
   */
  public static final int MOST_LOOKUP_TOKENS = DecoderProgram.ROWS - 1;

  public QueueOptions {
    if (rows < 1 || contextTokens < 2 || cacheTokens < contextTokens || lookupTokens < 0) {
      throw new IllegalArgumentException(
          "rows %d, contextTokens %d, cacheTokens %d, lookupTokens %d: give at least 1 row, 2 tokens of context, a cache that holds one context, and no negative number"
              .formatted(rows, contextTokens, cacheTokens, lookupTokens));
    }
  }

  /** A cache in which every row may grow to the whole context. */
  public static QueueOptions of(int rows, int contextTokens) {
    return new QueueOptions(
        rows, contextTokens, SessionOptions.of(rows, contextTokens).cacheTokens(), 0);
  }

  /** These options with another size of the cache. */
  public QueueOptions withCacheTokens(int tokens) {
    return new QueueOptions(rows, contextTokens, tokens, lookupTokens);
  }

  /** These options with so many tokens guessed ahead. */
  public QueueOptions withLookupTokens(int tokens) {
    return new QueueOptions(rows, contextTokens, cacheTokens, tokens);
  }

  SessionOptions session() {
    return new SessionOptions(rows, contextTokens, cacheTokens, SessionOptions.BLOCK_TOKENS, true);
  }
}
