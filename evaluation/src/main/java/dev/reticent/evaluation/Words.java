package dev.reticent.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words and n-grams, cut where the Python packages cut them. */
final class Words {
  private Words() {}

  /** White space as Python's {@code str.split} sees it. */
  static boolean isSpace(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == 0x85;
  }

  /** The parts of a text between white space. */
  static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (!isSpace(c)) {
                word.appendCodePoint(c);
              } else if (word.length() > 0) {
                words.add(word.toString());
                word.setLength(0);
              }
            });
    if (word.length() > 0) {
      words.add(word.toString());
    }
    return words;
  }

  /** How often each run of n elements occurs. */
  static <T> Map<List<T>, Integer> ngrams(List<T> elements, int n) {
    Map<List<T>, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= elements.size(); i++) {
      counts.merge(List.copyOf(elements.subList(i, i + n)), 1, Integer::sum);
    }
    return counts;
  }

  /** The size of the intersection of two bags. */
  static <T> int common(Map<T, Integer> one, Map<T, Integer> other) {
    int common = 0;
    for (Map.Entry<T, Integer> entry : one.entrySet()) {
      common += Math.min(entry.getValue(), other.getOrDefault(entry.getKey(), 0));
    }
    return common;
  }
}
