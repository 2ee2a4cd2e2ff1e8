package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Arrays that go from step to step. */
class SpareTest {

  private static final int LENGTH = 3 * Blocks.SIZE + 5;

  private final Spare spare = new Spare();

  private long[] used(int length) {
    long[] array = spare.zeros(length);
    Arrays.fill(array, 7);
    return array;
  }

  @Test
  void anArrayComesBackWipedAndOnce() {
    long[] first = used(LENGTH);
    spare.giveBack(first);
    long[] again = spare.zeros(LENGTH);
    long[] other = spare.zerosSoon(LENGTH).join();
    assertThat(again).isSameAs(first).containsOnly(0);
    assertThat(other).isNotSameAs(first).containsOnly(0);
  }

  @Test
  void anotherLengthGetsAnArrayOfItsOwn() {
    spare.giveBack(used(LENGTH + 1));
    assertThat(spare.zeros(LENGTH + 2)).hasSize(LENGTH + 2).containsOnly(0);
  }

  @Test
  void noMoreAreKeptThanAStepUses() {
    long[] oldest = used(LENGTH + 3);
    spare.giveBack(oldest);
    for (int i = 0; i < 4; i++) {
      spare.giveBack(new long[LENGTH + 4]);
    }
    assertThat(spare.zeros(LENGTH + 3)).isNotSameAs(oldest);
  }
}
