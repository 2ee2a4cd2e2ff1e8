package dev.reticent.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.model.AdapterId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bookkeeping of blocks, with no model: which numbers are given out, kept and forgotten. */
class BlockPoolTest {
  private static final int WIDTH = 4;
  private static final AdapterId FIRST = new AdapterId("a".repeat(64));
  private static final AdapterId SECOND = new AdapterId("b".repeat(64));

  /** A row as a session would keep it: what was there already, then fresh blocks, all published. */
  private static List<Integer> row(BlockPool pool, AdapterId adapter, int... prompt) {
    List<Integer> blocks = new ArrayList<>(pool.hold(adapter, prompt, WIDTH));
    long parent = blocks.isEmpty() ? 0 : pool.serial(blocks.get(blocks.size() - 1));
    int held = blocks.size();
    blocks.addAll(pool.take((prompt.length + WIDTH - 1) / WIDTH - held));
    for (int b = held; (b + 1) * WIDTH <= prompt.length; b++) {
      parent =
          pool.publish(
              blocks.get(b), BlockPool.key(adapter, parent, prompt, b * WIDTH, (b + 1) * WIDTH));
    }
    return blocks;
  }

  private static int[] counting(int from, int count) {
    int[] tokens = new int[count];
    Arrays.setAll(tokens, i -> from + i);
    return tokens;
  }

  @Test
  void freshBlocksAreGivenOutInOrderAndTheirRowIsTheirOnlyHolder() {
    BlockPool pool = new BlockPool(10);
    assertThat(row(pool, FIRST, counting(0, 14))).containsExactly(0, 1, 2, 3);
    assertThat(row(pool, FIRST, counting(100, 3))).containsExactly(4);
    assertThat(pool.available()).isEqualTo(5);
    assertThat(pool.use()).isEqualTo(new BlockUse(10, 5, 0));
    for (int block = 0; block < 10; block++) {
      assertThat(pool.holders(block)).isEqualTo(block < 5 ? 1 : 0);
    }
  }

  @Test
  void aPromptThatBeginsAlikeHoldsTheSameWholeBlocks() {
    BlockPool pool = new BlockPool(10);
    row(pool, FIRST, counting(0, 14)); // 3 whole blocks and a part of one
    int[] longer = counting(0, 18);
    assertThat(pool.hold(FIRST, longer, WIDTH)).containsExactly(0, 1, 2);
    assertThat(List.of(pool.holders(0), pool.holders(1), pool.holders(2), pool.holders(3)))
        .containsExactly(2, 2, 2, 1);
  }

  @Test
  void aPartOfABlockIsNeverShared() {
    BlockPool pool = new BlockPool(10);
    row(pool, FIRST, counting(0, 7));
    assertThat(pool.hold(FIRST, counting(0, 7), WIDTH)).containsExactly(0);
    assertThat(pool.hold(FIRST, new int[] {0, 1, 2, 9, 4, 5}, WIDTH)).isEmpty();
  }

  @Test
  void oneTokenAtLeastIsLeftToCompute() {
    BlockPool pool = new BlockPool(10);
    row(pool, FIRST, counting(0, 8));
    assertThat(pool.hold(FIRST, counting(0, 8), WIDTH)).containsExactly(0);
    assertThat(pool.hold(FIRST, counting(0, 9), WIDTH)).containsExactly(0, 1);
    assertThat(pool.hold(FIRST, counting(0, 4), WIDTH)).isEmpty();
  }

  @Test
  void adaptersShareNothing() {
    BlockPool pool = new BlockPool(10);
    row(pool, FIRST, counting(0, 9));
    assertThat(pool.hold(SECOND, counting(0, 9), WIDTH)).isEmpty();
    assertThat(pool.hold(AdapterId.NONE, counting(0, 9), WIDTH)).isEmpty();
    assertThat(row(pool, SECOND, counting(0, 9))).containsExactly(3, 4, 5);
    assertThat(pool.hold(SECOND, counting(0, 9), WIDTH)).containsExactly(3, 4);
  }

  @Test
  void aBlockIsWhatCameBeforeItToo() {
    BlockPool pool = new BlockPool(12);
    row(pool, FIRST, 1, 1, 1, 1, 5, 5, 5, 5, 0);
    row(pool, FIRST, 2, 2, 2, 2, 5, 5, 5, 5, 0);
    assertThat(pool.hold(FIRST, new int[] {2, 2, 2, 2, 5, 5, 5, 5, 9}, WIDTH))
        .containsExactly(3, 4);
    assertThat(pool.hold(FIRST, new int[] {5, 5, 5, 5, 5, 5, 5, 5, 9}, WIDTH)).isEmpty();
  }

  @Test
  void theFreeAreTakenInTheOrderTheyBecameFreeTheEndOfARowFirst() {
    BlockPool pool = new BlockPool(6);
    List<Integer> first = row(pool, FIRST, counting(0, 10)); // 0 1 2
    List<Integer> second = row(pool, FIRST, counting(50, 6)); // 3 4
    pool.release(second);
    pool.release(first);
    assertThat(pool.use()).isEqualTo(new BlockUse(6, 0, 3));
    assertThat(pool.take(6)).containsExactly(5, 4, 3, 2, 1, 0);
    assertThat(pool.use()).isEqualTo(new BlockUse(6, 6, 0));
  }

  @Test
  void whatWasFreedCanBeHeldAgainUntilItIsTaken() {
    BlockPool pool = new BlockPool(4);
    pool.release(row(pool, FIRST, counting(0, 12))); // 0 1 2, freed 2 1 0 behind 3
    assertThat(pool.hold(FIRST, counting(0, 9), WIDTH)).containsExactly(0, 1);
    assertThat(pool.available()).isEqualTo(2);
    assertThat(pool.take(2)).containsExactly(3, 2);
    pool.release(List.of(0, 1));
    assertThat(pool.hold(FIRST, counting(0, 13), WIDTH)).as("block 2 is gone").hasSize(2);
    pool.release(List.of(0, 1));
    assertThat(pool.take(1)).containsExactly(1);
    assertThat(pool.hold(FIRST, counting(0, 13), WIDTH)).containsExactly(0);
  }

  @Test
  void aChainWhoseBeginningWasForgottenIsNotTakenForAnother() {
    BlockPool pool = new BlockPool(3);
    List<Integer> old = row(pool, FIRST, counting(0, 12));
    pool.release(old.subList(0, 1)); // a session never does this; the pool must not mind
    assertThat(pool.take(1)).containsExactly(0);
    pool.publish(0, BlockPool.key(FIRST, 0, counting(0, 4), 0, 4));
    assertThat(pool.hold(FIRST, counting(0, 12), WIDTH)).containsExactly(0);
  }

  @Test
  void ofTwoEqualBlocksTheFirstStaysPublished() {
    BlockPool pool = new BlockPool(8);
    List<Integer> one = pool.take(2);
    List<Integer> two = pool.take(2);
    long parent = pool.publish(one.get(0), BlockPool.key(FIRST, 0, counting(0, 4), 0, 4));
    assertThat(pool.publish(two.get(0), BlockPool.key(FIRST, 0, counting(0, 4), 0, 4)))
        .isEqualTo(parent);
    pool.publish(two.get(1), BlockPool.key(FIRST, parent, counting(0, 8), 4, 8));
    assertThat(pool.hold(FIRST, counting(0, 9), WIDTH)).containsExactly(0, 3);
    pool.release(two);
    assertThat(pool.use().cached()).isZero(); // 0 and 3 are held, 2 was never published
  }

  @Test
  void nothingIsFreedTwiceOrTakenFromNowhere() {
    BlockPool pool = new BlockPool(3);
    List<Integer> blocks = pool.take(2);
    pool.release(blocks);
    assertThatThrownBy(() -> pool.release(blocks)).hasMessageContaining("free already");
    assertThatThrownBy(() -> pool.take(4)).hasMessageContaining("4 blocks are wanted and 3");
    assertThatThrownBy(() -> pool.publish(0, BlockPool.key(FIRST, 0, counting(0, 4), 0, 4)))
        .hasMessageContaining("not held");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyBlockIsEitherFreeOrHeldWhateverHappens(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BlockPool pool = new BlockPool(40);
    List<List<Integer>> rows = new ArrayList<>();
    for (int round = 0; round < 3000; round++) {
      if (random.nextBoolean() && pool.available() >= 8) {
        int[] prompt = random.ints(1 + random.nextInt(31), 0, 2).toArray();
        AdapterId adapter = random.nextBoolean() ? FIRST : SECOND;
        rows.add(row(pool, adapter, prompt));
      } else if (!rows.isEmpty()) {
        pool.release(rows.remove(random.nextInt(rows.size())));
      }
      int[] expected = new int[40];
      rows.forEach(r -> r.forEach(block -> expected[block]++));
      for (int block = 0; block < 40; block++) {
        assertThat(pool.holders(block)).isEqualTo(expected[block]);
      }
      int held = (int) Arrays.stream(expected).filter(n -> n > 0).count();
      assertThat(pool.available()).isEqualTo(40 - held);
      assertThat(pool.use().used()).isEqualTo(held);
      rows.forEach(r -> assertThat(r).doesNotHaveDuplicates());
    }
    rows.forEach(pool::release);
    assertThat(pool.available()).isEqualTo(40);
  }
}
