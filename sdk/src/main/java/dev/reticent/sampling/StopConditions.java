package dev.reticent.sampling;

import java.util.List;
import java.util.Set;

/**
 * When an answer ends, besides the model's own end tokens and the end of the context.
 *
 * @param maxNewTokens the most tokens an answer may have; what does not fit the context is never
 *     generated, so {@link Integer#MAX_VALUE} means the rest of the context. 0 only where a prompt
 *     is scored
 * @param stopStrings the answer ends as soon as one of them is complete, and holds no part of it;
 *     where two complete at the same character, the longer one counts
 * @param stopIds tokens that end the answer like an end token
 * @param endTokens whether the model's end tokens end the answer
 */
public record StopConditions(
    int maxNewTokens, List<String> stopStrings, Set<Integer> stopIds, boolean endTokens) {

  public StopConditions {
    if (maxNewTokens < 0) {
      throw new IllegalArgumentException(
          "max_new_tokens is " + maxNewTokens + ": give a number of at least 0.");
    }
    stopStrings = List.copyOf(stopStrings);
    stopIds = Set.copyOf(stopIds);
    for (String stop : stopStrings) {
      if (stop.isEmpty()) {
        throw new IllegalArgumentException("A stop string is empty: leave it out.");
      }
      if (stop.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
        throw new IllegalArgumentException(
            "A stop string holds half of a surrogate pair: give whole characters.");
      }
    }
  }

  /** At most so many tokens, or the model's end token. */
  public static StopConditions after(int maxNewTokens) {
    return new StopConditions(maxNewTokens, List.of(), Set.of(), true);
  }

  public StopConditions withStopStrings(List<String> value) {
    return new StopConditions(maxNewTokens, value, stopIds, endTokens);
  }

  public StopConditions withStopIds(Set<Integer> value) {
    return new StopConditions(maxNewTokens, stopStrings, value, endTokens);
  }

  /** Goes on past the model's end tokens, for measurements of speed. */
  public StopConditions ignoringEndTokens() {
    return new StopConditions(maxNewTokens, stopStrings, stopIds, false);
  }
}
