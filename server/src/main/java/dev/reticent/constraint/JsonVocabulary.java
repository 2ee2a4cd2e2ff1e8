package dev.reticent.constraint;

import dev.reticent.config.UserInputException;
import dev.reticent.text.Tokenizer;
import java.util.List;

/** A tokenizer's tokens, prepared once for every {@link JsonFormat} of a model. Immutable. */
public final class JsonVocabulary {
  private final TokenTable tokens;

  JsonVocabulary(List<byte[]> tokens, int[] endIds) {
    this.tokens = new TokenTable(tokens, endIds);
  }

  /**
   * The vocabulary of a tokenizer.
   *
   * @throws UserInputException if the bytes of its tokens are not known, or some character that
   *     JSON needs has no token
   */
  public static JsonVocabulary of(Tokenizer tokenizer) {
    return new JsonVocabulary(tokenizer.tokenBytes(), tokenizer.endIds());
  }

  TokenTable tokens() {
    return tokens;
  }
}
