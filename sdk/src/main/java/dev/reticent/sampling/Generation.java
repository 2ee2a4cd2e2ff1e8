package dev.reticent.sampling;

import java.util.List;

/**
 * The answer to one request.
 *
 * @param tokens every token drawn, the one that ended the answer included
 * @param prompt the tokens of a prompt that was scored, without texts; nothing predicts the first,
 *     whose log-probability is not a number. Empty unless asked for
 * @param text the whole answer; the pieces given to a listener, put together
 * @param error what failed; empty unless {@code finishReason} is {@link FinishReason#ERROR}
 * @param promptTokens how many tokens the prompt had
 * @param cachedTokens how many of them did not have to be computed, because an earlier prompt began
 *     with them
 * @param seed the seed of the request, with which it can be repeated
 */
public record Generation(
    List<GeneratedToken> prompt,
    List<GeneratedToken> tokens,
    String text,
    FinishReason finishReason,
    String error,
    int promptTokens,
    int cachedTokens,
    long seed) {

  public Generation {
    prompt = List.copyOf(prompt);
    tokens = List.copyOf(tokens);
  }

  /** The ids of the tokens. */
  public int[] ids() {
    return tokens.stream().mapToInt(GeneratedToken::id).toArray();
  }
}
