package dev.reticent.sampling;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which tokens a prompt and its answer hold so far, for the penalties. */
final class History {
  private final Set<Integer> seen = new HashSet<>();
  private final Map<Integer, Integer> counts = new HashMap<>();

  History(int[] promptIds) {
    for (int id : promptIds) {
      seen.add(id);
    }
  }

  void add(int id) {
    seen.add(id);
    counts.merge(id, 1, Integer::sum);
  }

  /** The tokens of the prompt and the answer. */
  Set<Integer> seen() {
    return seen;
  }

  /** How often the answer holds each of its tokens. */
  Map<Integer, Integer> counts() {
    return counts;
  }
}
