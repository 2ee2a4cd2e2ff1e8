package dev.reticent.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Vocabularies made up like those of byte-level BPE: every byte, then ever longer merges. */
final class Vocabularies {
  /** The id of the end token, which has bytes of its own that must never be used. */
  static final int END = 0;

  private static final List<String> PIECES =
      List.of(
          "{\"",
          "\"}",
          "\":",
          "\": ",
          "\":\"",
          "\",\"",
          "\", \"",
          "{}",
          "[]",
          "[{",
          "}]",
          "},",
          "}}",
          "]]",
          "\\\"",
          "\\\\",
          "\\u",
          "\\ud8",
          "\\n",
          "true",
          "false",
          "null",
          "tru",
          " ",
          "  ",
          "\n  ",
          "\n    ",
          "12",
          "123",
          "00",
          "0.",
          ".5",
          "-1",
          "é",
          "ü",
          "日本",
          "😀",
          "the",
          " and",
          "name",
          "kind",
          "value",
          "id",
          "abc",
          "\"a\":1,\"a",
          "</s>",
          ":1,\"");

  private Vocabularies() {}

  static List<byte[]> tokens(int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Set<List<Byte>> tokens = new LinkedHashSet<>();
    for (int b = 0; b < 256; b++) {
      tokens.add(List.of((byte) b));
    }
    for (String piece : PIECES) {
      tokens.add(boxed(piece.getBytes(StandardCharsets.UTF_8)));
    }
    List<List<Byte>> all = new ArrayList<>(tokens);
    while (all.size() < size - 1) {
      List<Byte> merged = new ArrayList<>(all.get(random.nextInt(all.size())));
      merged.addAll(all.get(random.nextInt(all.size())));
      if (merged.size() <= 16 && tokens.add(merged)) {
        all.add(merged);
      }
    }
    List<byte[]> bytes = new ArrayList<>();
    bytes.add("}".getBytes(StandardCharsets.UTF_8));
    for (List<Byte> token : all) {
      byte[] one = new byte[token.size()];
      for (int i = 0; i < one.length; i++) {
        one[i] = token.get(i);
      }
      bytes.add(one);
    }
    return bytes;
  }

  static JsonVocabulary of(List<byte[]> tokens) {
    return new JsonVocabulary(tokens, new int[] {END});
  }

  private static List<Byte> boxed(byte[] bytes) {
    List<Byte> list = new ArrayList<>();
    for (byte b : bytes) {
      list.add(b);
    }
    return list;
  }
}
