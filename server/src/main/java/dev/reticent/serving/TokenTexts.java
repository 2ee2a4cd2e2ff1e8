package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import dev.reticent.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The bytes of single tokens, as they stand inside a text. */
final class TokenTexts {
  private final Tokenizer tokenizer;
  private final List<byte[]> known;
  private final Set<Integer> special;

  TokenTexts(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.known = known(tokenizer);
    this.special = Arrays.stream(tokenizer.specialIds()).boxed().collect(Collectors.toSet());
  }

  private static List<byte[]> known(Tokenizer tokenizer) {
    try {
      return tokenizer.tokenBytes();
    } catch (UserInputException e) {
      return List.of(); // a decoder that does more than put bytes together
    }
  }

  /** Whether a token is seen in a text at all. */
  boolean shows(int id) {
    return !special.contains(id);
  }

  /** What a token adds to a text; a part of a character may be all of it. */
  byte[] bytes(int id) {
    byte[] bytes = id < known.size() ? known.get(id) : new byte[0];
    return bytes.length > 0
        ? bytes
        : tokenizer.decode(new int[] {id}, false).getBytes(StandardCharsets.UTF_8);
  }

  /** What a token adds, as a text; U+FFFD stands for bytes that are no whole character. */
  String text(int id) {
    return new String(bytes(id), StandardCharsets.UTF_8);
  }
}
