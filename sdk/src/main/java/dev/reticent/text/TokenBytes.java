package dev.reticent.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The bytes that each token adds to a decoded text, as the decoder of {@code tokenizer.json} has
 * it: byte-level BPE, or pieces with {@code ▁} for blanks and {@code <0xNN>} for bytes.
 */
final class TokenBytes {
  private static final byte[] NONE = {};
  private static final Map<Integer, Integer> BYTE_OF_CHARACTER = byteLevelAlphabet();
  private static final int[] LETTERS = letters();

  private final Set<String> decoders = new TreeSet<>();

  private TokenBytes(Path file, JsonNode decoder) {
    collect(decoder);
    boolean byteLevel = decoders.equals(Set.of("ByteLevel"));
    boolean pieces =
        Set.of("Replace", "ByteFallback", "Fuse", "Strip", "Metaspace").containsAll(decoders)
            && (decoders.contains("Metaspace") || decoders.contains("Replace"));
    if (!byteLevel && !pieces) {
      throw new UserInputException(
          file
              + ": the bytes of its tokens are not known for a decoder of "
              + decoders
              + ", so its answers cannot be constrained: use a byte-level BPE or SentencePiece"
              + " tokenizer.");
    }
  }

  /**
   * The bytes by id; none for added tokens, special or not, and ids without a token.
   *
   * @param file for messages
   * @throws UserInputException if the decoder does more than put bytes together
   */
  static List<byte[]> read(Path file, JsonNode tokenizer, Vocabulary vocabulary) {
    TokenBytes reader = new TokenBytes(file, tokenizer.path("decoder"));
    List<byte[]> bytes = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      bytes.add(NONE);
    }
    Set<Integer> added = new TreeSet<>(vocabulary.specialIds());
    tokenizer.path("added_tokens").forEach(token -> added.add(token.path("id").asInt()));
    vocabulary
        .ids()
        .forEach(
            (token, id) -> {
              if (!added.contains(id)) {
                bytes.set(id, reader.bytes(token));
              }
            });
    return List.copyOf(bytes);
  }

  /** Bytes in the letters of byte-level BPE. */
  static String letters(byte[] bytes) {
    StringBuilder letters = new StringBuilder();
    for (byte b : bytes) {
      letters.appendCodePoint(LETTERS[b & 0xff]);
    }
    return letters.toString();
  }

  private static int[] letters() {
    int[] letters = new int[256];
    BYTE_OF_CHARACTER.forEach((letter, b) -> letters[b] = letter);
    return letters;
  }

  private void collect(JsonNode decoder) {
    if (decoder.path("type").asText().equals("Sequence")) {
      decoder.path("decoders").forEach(this::collect);
      return;
    }
    String replaced = decoder.path("pattern").path("String").asText("▁");
    decoders.add(decoder.path("type").asText("none") + (replaced.equals("▁") ? "" : " of others"));
  }

  private byte[] bytes(String token) {
    if (!decoders.contains("ByteLevel")) {
      return decoders.contains("ByteFallback") && token.matches("<0x[0-9A-F]{2}>")
          ? new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)}
          : token.replace('▁', ' ').getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int c : token.codePoints().toArray()) {
      Integer b = BYTE_OF_CHARACTER.get(c);
      if (b == null) {
        return NONE;
      }
      bytes.write(b);
    }
    return bytes.toByteArray();
  }

  /**
   * GPT-2's alphabet: printable characters of Latin-1 stand for themselves, the other bytes in
   * their order for the characters from U+0100 on.
   */
  private static Map<Integer, Integer> byteLevelAlphabet() {
    Map<Integer, Integer> bytes = new HashMap<>();
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean itself = (b > 0x20 && b < 0x7F) || (b > 0xA0 && b != 0xAD);
      bytes.put(itself ? b : next++, b);
    }
    return bytes;
  }
}
