package dev.reticent.sampling;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Guesses what comes next in a text that repeats itself: what followed its last tokens when they
 * stood there before.
 *
 * <p>Guesses grow while they are right and shrink when they are not, so a text in which three
 * tokens repeat by chance costs little.
 */
final class PromptLookup {
  private static final int WIDTH = 3;
  private static final int ID_BITS = 21; // two larger ids may be taken for each other: a bad guess

  private final int most;
  private final Map<Long, Integer> follower = new HashMap<>(); // last tokens -> what stood behind
  private int[] text;
  private int length;
  private int bold = 2;

  /**
   * @param most tokens of a guess; 0 for none at all
   */
  PromptLookup(int[] prompt, int most) {
    this.most = most;
    this.text = new int[most == 0 ? 0 : prompt.length + 64];
    for (int id : prompt) {
      add(id);
    }
  }

  /** Takes the text's next token. */
  void add(int id) {
    if (most == 0) {
      return;
    }
    if (length >= WIDTH) {
      follower.put(last(), length);
    }
    if (length == text.length) {
      text = Arrays.copyOf(text, 2 * length);
    }
    text[length++] = id;
  }

  private long last() {
    long key = 0;
    for (int i = length - WIDTH; i < length; i++) {
      key = (key << ID_BITS) ^ text[i];
    }
    return key;
  }

  /** What may come next, at most so many tokens; perhaps nothing. */
  List<Integer> guess(int atMost) {
    Integer from = most == 0 || length < WIDTH ? null : follower.get(last());
    if (from == null) {
      return List.of();
    }
    int to = Math.min(length, from + Math.min(atMost, Math.min(most, bold)));
    return Arrays.stream(text, from, Math.max(from, to)).boxed().toList();
  }

  /** Hears how many tokens of its last guess were right. */
  void learn(int guessed, int right) {
    bold = right == guessed ? Math.min(most, 2 * bold) : Math.max(1, right);
  }
}
