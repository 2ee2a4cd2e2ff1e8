package dev.reticent.data;

import dev.reticent.api.Internal;
import java.io.Serializable;

/**
 * One training example as a model sees it.
 *
 * @param ids the tokens, n of them
 * @param lossMask n flags: whether the loss of predicting this token counts; the first never does,
 *     as nothing precedes it
 * @param unit whom the example belongs to: the unit of privacy
 */
@Internal
@SuppressWarnings("ArrayRecordComponent") // read by the training loop as they are, never compared
public record TokenizedExample(int[] ids, boolean[] lossMask, String unit) implements Serializable {
  public TokenizedExample {
    if (ids.length != lossMask.length) {
      throw new IllegalArgumentException(
          ids.length + " ids but " + lossMask.length + " loss flags: give one for each id.");
    }
    if (lossMask.length > 0 && lossMask[0]) {
      throw new IllegalArgumentException("The first token cannot count: nothing precedes it.");
    }
  }

  /** How many tokens' loss counts. */
  public int lossTokens() {
    int count = 0;
    for (boolean counts : lossMask) {
      count += counts ? 1 : 0;
    }
    return count;
  }
}
