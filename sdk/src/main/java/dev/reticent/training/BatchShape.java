package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import java.util.Comparator;
import java.util.List;

/**
 * The shape of a micro-batch on a device.
 *
 * <p>The last bits of a product depend on its shape. Where one unit must not change what another
 * one adds, a row's shape therefore follows from that row alone ({@link #of}), and places that no
 * row takes stay empty.
 *
 * @param rows B
 * @param tokens T, to which rows are padded
 * @param answers K, to which the tokens that count are padded
 */
record BatchShape(int rows, int tokens, int answers) {

  static final Comparator<BatchShape> BY_LENGTH =
      Comparator.comparing(BatchShape::tokens).thenComparing(BatchShape::answers);

  private static final int SHORTEST = 16;

  /**
   * The shape of the micro-batches that an example can be in: a function of its own two lengths.
   */
  static BatchShape of(TokenizedExample example, int rows) {
    return new BatchShape(
        rows, padded(example.ids().length), padded(Math.max(1, example.lossTokens())));
  }

  /** The smallest shape that holds these examples. */
  static BatchShape fitting(List<Row> examples) {
    int tokens = 1;
    int answers = 1;
    for (Row row : examples) {
      tokens = Math.max(tokens, row.example().ids().length);
      answers = Math.max(answers, row.example().lossTokens());
    }
    return new BatchShape(examples.size(), tokens, answers);
  }

  /** These lengths for another number of rows. */
  BatchShape withRows(int count) {
    return new BatchShape(count, tokens, answers);
  }

  /** The next of 16, 24, 32, 48, 64, 96 and so on: a sixth of it is padding on average. */
  static int padded(int length) {
    int power = Math.max(SHORTEST, Integer.highestOneBit(Math.max(1, length - 1)) * 2);
    return length <= power / 4 * 3 && power > SHORTEST ? power / 4 * 3 : power;
  }
}
