package dev.reticent.quickstart;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Trains a byte-level byte-pair encoding (Sennrich, Haddow and Birch 2016, on bytes as in GPT-2).
 *
 * <p>Text is cut into words by GPT-2's pattern, words into bytes; then the most frequent pair of
 * neighbors within words becomes a new token, again and again. Of equally frequent pairs the one
 * whose tokens come first in the vocabulary is taken, so the same text gives the same merges.
 */
final class BpeTrainer {
  /** The tokens in the order of their ids, and the merges in the order of their rank. */
  record Encoding(List<String> tokens, List<List<String>> merges) {}

  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");
  private static final int RAREST = 2;

  private final List<String> tokens;
  private final List<List<String>> merges = new ArrayList<>();
  private final List<int[]> words = new ArrayList<>();
  private final List<Integer> frequencies = new ArrayList<>();

  private BpeTrainer(List<String> specialTokens) {
    tokens = new ArrayList<>(specialTokens);
  }

  /** Trains until the vocabulary has {@code size} tokens, or no pair is left that occurs twice. */
  static Encoding train(Stream<String> texts, List<String> specialTokens, int size) {
    BpeTrainer trainer = new BpeTrainer(specialTokens);
    trainer.count(texts);
    while (trainer.tokens.size() < size && trainer.merge()) {}
    return new Encoding(List.copyOf(trainer.tokens), List.copyOf(trainer.merges));
  }

  private void count(Stream<String> texts) {
    Map<String, Integer> counts = new TreeMap<>();
    texts.forEach(
        text -> {
          Matcher word = WORD.matcher(text);
          while (word.find()) {
            counts.merge(word.group(), 1, Integer::sum);
          }
        });
    Map<Integer, Integer> idOfByte = new HashMap<>();
    for (Map.Entry<Integer, Integer> entry : byteOfCharacter().entrySet()) {
      idOfByte.put(entry.getValue(), tokens.size());
      tokens.add(Character.toString(entry.getKey()));
    }
    counts.forEach(
        (word, count) -> {
          byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
          int[] ids = new int[bytes.length];
          for (int i = 0; i < bytes.length; i++) {
            ids[i] = idOfByte.getOrDefault(bytes[i] & 0xFF, 0);
          }
          words.add(ids);
          frequencies.add(count);
        });
  }

  /** The printable characters that stand for the 256 bytes in a vocabulary, in character order. */
  static Map<Integer, Integer> byteOfCharacter() {
    TreeMap<Integer, Integer> bytes = new TreeMap<>();
    int spare = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > ' ' && b < 127) || (b >= 0xA1 && b != 0xAD);
      bytes.put(printable ? b : spare++, b);
    }
    return new LinkedHashMap<>(bytes);
  }

  private boolean merge() {
    Map<Long, Integer> counts = new HashMap<>();
    for (int w = 0; w < words.size(); w++) {
      int[] word = words.get(w);
      for (int i = 0; i + 1 < word.length; i++) {
        counts.merge(pair(word[i], word[i + 1]), frequencies.get(w), Integer::sum);
      }
    }
    long best = -1;
    int most = RAREST - 1;
    for (Map.Entry<Long, Integer> entry : counts.entrySet()) {
      int count = entry.getValue();
      if (count > most || (count == most && best >= 0 && entry.getKey() < best)) {
        best = entry.getKey();
        most = count;
      }
    }
    if (best < 0) {
      return false;
    }
    int left = (int) (best >>> 32);
    int right = (int) best;
    merges.add(List.of(tokens.get(left), tokens.get(right)));
    tokens.add(tokens.get(left) + tokens.get(right));
    words.replaceAll(word -> replaced(word, left, right, tokens.size() - 1));
    return true;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  private static int[] replaced(int[] word, int left, int right, int token) {
    int length = 0;
    int[] result = new int[word.length];
    for (int i = 0; i < word.length; i++) {
      if (i + 1 < word.length && word[i] == left && word[i + 1] == right) {
        result[length++] = token;
        i++;
      } else {
        result[length++] = word[i];
      }
    }
    return length == word.length ? word : Arrays.copyOf(result, length);
  }
}
