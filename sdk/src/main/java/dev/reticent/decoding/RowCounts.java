package dev.reticent.decoding;

import dev.reticent.model.DecoderProgram;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The numbers of rows, up to {@link DecoderProgram#ROWS}, with which a decoding step's products
 * give a row the same bits.
 *
 * <p>Libraries of matrix products choose another way of adding for few rows than for many, which
 * changes last bits and with them, rarely, a drawn token; yet most numbers share one way. Which
 * ones do depends on the shapes, the processor and its threads, not on the values, so it is tried
 * once: then a lone row need not be padded to eight.
 *
 * @param sizes ascending, the last of them {@link DecoderProgram#ROWS}
 */
record RowCounts(List<Integer> sizes) {

  RowCounts {
    sizes = List.copyOf(sizes);
  }

  /**
   * @param alike whether so many rows get the same bits as among {@link DecoderProgram#ROWS}
   */
  static RowCounts find(IntPredicate alike) {
    return new RowCounts(
        IntStream.of(1, 2, 4, DecoderProgram.ROWS)
            .filter(count -> count == DecoderProgram.ROWS || alike.test(count))
            .boxed()
            .toList());
  }

  /** Any number, where that is known. */
  static RowCounts any() {
    return new RowCounts(IntStream.rangeClosed(1, DecoderProgram.ROWS).boxed().toList());
  }

  /** The rows that a step for n rows has with padding: whole products, and the least that fits. */
  int padded(int n) {
    int rest = n % DecoderProgram.ROWS;
    int last =
        rest == 0 ? 0 : sizes.stream().filter(size -> size >= rest).findFirst().orElseThrow();
    return n - rest + last;
  }
}
