package dev.reticent.serving;

import dev.reticent.text.Tokenizer;

/**
 * Encodes texts in time that the context bounds: of a text that is far too long, only a beginning
 * is encoded, enough to know that.
 */
final class Encoder {
  /** A text of fewer characters for each token of the context is encoded at once. */
  private static final int CHARACTERS_PER_TOKEN = 4;

  /** By how much each beginning is longer than the one before. */
  private static final int GROWTH = 4;

  private final Tokenizer tokenizer;
  private final int contextTokens;

  Encoder(Tokenizer tokenizer, int contextTokens) {
    this.tokenizer = tokenizer;
    this.contextTokens = contextTokens;
  }

  /**
   * The tokens of a text.
   *
   * @param field what it came in, for the message
   * @throws ApiException if it has far more than the context
   */
  int[] encode(String field, String text, boolean addSpecialTokens) {
    long length = Math.max(1 << 14, (long) CHARACTERS_PER_TOKEN * contextTokens);
    for (; length < text.length(); length *= GROWTH) {
      int cut = (int) length - (Character.isHighSurrogate(text.charAt((int) length - 1)) ? 1 : 0);
      // Twice the context: how a text is cut changes the number of its tokens a little.
      if (tokenizer.encode(text.substring(0, cut), addSpecialTokens).length > 2 * contextTokens) {
        throw new ApiException(
            ApiError.tooLong(
                field,
                "This model's maximum context length is %d tokens; the first %d characters of the prompt alone have more than twice as many: shorten it."
                    .formatted(contextTokens, cut)));
      }
    }
    return tokenizer.encode(text, addSpecialTokens);
  }
}
