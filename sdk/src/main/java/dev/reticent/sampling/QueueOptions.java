package dev.reticent.sampling;

import dev.reticent.api.Internal;
import dev.reticent.decoding.SessionOptions;

/**
 * The size of a {@link GenerationQueue}.
 *
 * @param rows how many requests run at once
 * @param contextTokens the most tokens of a prompt and its answer together
 * @param cacheTokens for how many tokens keys and values are held, those of running requests and
 *     those of earlier prompts together; a request starts when its own fit
 * @param reusePrefixes whether a prompt that begins as an earlier one of the same adapter takes
 *     over what was computed; it changes no answer
 */
@Internal
public record QueueOptions(int rows, int contextTokens, int cacheTokens, boolean reusePrefixes) {

  public QueueOptions {
    if (rows < 1 || contextTokens < 2 || cacheTokens < contextTokens) {
      throw new IllegalArgumentException(
          "rows %d, contextTokens %d, cacheTokens %d: give at least 1 row, 2 tokens of context, and a cache that holds one context"
              .formatted(rows, contextTokens, cacheTokens));
    }
  }

  /** A cache in which every row may grow to the whole context, with reuse. */
  public static QueueOptions of(int rows, int contextTokens) {
    return new QueueOptions(
        rows, contextTokens, SessionOptions.of(rows, contextTokens).cacheTokens(), true);
  }

  /** These options with another size of the cache. */
  public QueueOptions withCacheTokens(int tokens) {
    return new QueueOptions(rows, contextTokens, tokens, reusePrefixes);
  }

  /** These options without reuse. */
  public QueueOptions withoutReuse() {
    return new QueueOptions(rows, contextTokens, cacheTokens, false);
  }

  SessionOptions session() {
    return new SessionOptions(
        rows, contextTokens, cacheTokens, SessionOptions.BLOCK_TOKENS, reusePrefixes);
  }
}
