package dev.reticent.sampling;

import dev.reticent.config.UserInputException;
import dev.reticent.decoding.DecodingSession;

/** What a session must be able to do for a request. */
final class RequestCheck {

  private RequestCheck() {}

  /**
   * Checks a request.
   *
   * @throws UserInputException if the prompt leaves no room in the context or holds an id that the
   *     model does not know
   * @throws IllegalArgumentException if there is no such adapter, or nothing to do
   */
  static void of(GenerationRequest request, DecodingSession session) {
    int[] prompt = request.promptIds();
    if (prompt.length >= session.maxTokens()) {
      throw new UserInputException(
          "The prompt has %d tokens and the context holds %d, the answer included: shorten the prompt."
              .formatted(prompt.length, session.maxTokens()));
    }
    for (int i = 0; i < prompt.length; i++) {
      if (prompt[i] < 0 || prompt[i] >= session.vocabularySize()) {
        throw new UserInputException(
            "Token %d of the prompt has id %d: the model knows 0 to %d."
                .formatted(i, prompt[i], session.vocabularySize() - 1));
      }
    }
    if (request.stops().maxNewTokens() == 0 && !request.scoring()) {
      throw new IllegalArgumentException(
          "max_new_tokens is 0: give at least 1, unless the prompt is scored.");
    }
    if (!session.knows(request.adapter())) {
      throw new IllegalArgumentException(
          "There is no adapter with the digest '" + request.adapter().digest() + "' here.");
    }
  }
}
