package dev.reticent.sampling;

import java.util.List;

/**
 * One step of an answer.
 *
 * @param id the chosen token
 * @param text what can be shown because of it: often one word, empty while a character is not whole
 *     or the text may turn out to begin a stop string
 * @param logprob log-probability of the token under the model's own distribution: before biases,
 *     penalties and temperature, as vLLM reports it
 * @param top the likeliest tokens with their log-probabilities, likeliest first and the lowest id
 *     among equals, as many as were asked for
 */
public record GeneratedToken(int id, String text, double logprob, List<TokenLogprob> top) {

  public GeneratedToken {
    top = List.copyOf(top);
  }

  /** The same token with less or more to show. */
  public GeneratedToken withText(String shown) {
    return new GeneratedToken(id, shown, logprob, top);
  }
}
