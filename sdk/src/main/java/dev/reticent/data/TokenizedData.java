package dev.reticent.data;

import dev.reticent.api.Internal;
import java.util.List;

/**
 * The examples of a dataset, and what became of its rows.
 *
 * @param examples in the order of the rows
 * @param truncated how many examples were cut to the maximum length
 * @param dropped lines of the rows left out, as the cut left nothing of their answer
 * @param turnsWithoutLoss earlier answers that do not count, as the chat template writes them
 *     otherwise than they were given
 * @param refused how many rows the chat template refused, where these are left out
 */
@Internal
public record TokenizedData(
    List<TokenizedExample> examples,
    int truncated,
    List<Integer> dropped,
    int turnsWithoutLoss,
    int refused) {
  private static final int LISTED = 10;

  public TokenizedData {
    examples = List.copyOf(examples);
    dropped = List.copyOf(dropped);
  }

  public long tokens() {
    return examples.stream().mapToLong(e -> e.ids().length).sum();
  }

  public int longest() {
    return examples.stream().mapToInt(e -> e.ids().length).max().orElse(0);
  }

  /** One line for a report. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    text.append(examples.size()).append(" examples, ").append(tokens()).append(" tokens, longest ");
    text.append(longest()).append("; ").append(truncated).append(" truncated");
    if (!dropped.isEmpty()) {
      text.append("; ")
          .append(dropped.size())
          .append(" left out, too long to leave any of the answer");
      text.append(" (lines ");
      text.append(dropped.stream().limit(LISTED).map(String::valueOf).toList());
      text.append(dropped.size() > LISTED ? " …)" : ")");
    }
    if (turnsWithoutLoss > 0) {
      text.append("; ").append(turnsWithoutLoss).append(" earlier answers not learnt from");
    }
    if (refused > 0) {
      text.append("; ").append(refused).append(" left out, refused by the chat template");
    }
    return text.toString();
  }
}
