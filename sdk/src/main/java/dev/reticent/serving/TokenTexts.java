package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import dev.reticent.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The bytes of single tokens, as they stand inside a text. */
final class TokenTexts {
  private final Tokenizer tokenizer;
  private final List<byte[]> known;

  TokenTexts(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.known = known(tokenizer);
  }

  private static List<byte[]> known(Tokenizer tokenizer) {
    try {
      return tokenizer.tokenBytes();
    } catch (UserInputException e) {
      return List.of(); // a decoder that does more than put bytes together
    }
  }

  /** What a token adds to a text; a part of a character may be all of it. */
  byte[] bytes(int id) {
    byte[] bytes = id < known.size() ? known.get(id) : new byte[0];
    return bytes.length > 0
        ? bytes
        : tokenizer.decode(new int[] {id}, false).getBytes(StandardCharsets.UTF_8);
  }

  /** The same as a text; U+FFFD stands for bytes that are no whole character. */
  String text(int id) {
    return new String(bytes(id), StandardCharsets.UTF_8);
  }
}
