package dev.reticent.sampling;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A constraint that allows everything, and knows what is going to be said. */
final class Guessing implements TokenConstraint {
  private final int[] answer;
  private final int most;
  private final int wrongEvery;
  private int said;

  /**
   * @param answer what is going to be said
   * @param most tokens of a guess
   * @param wrongEvery each token of the answer at a multiple of this is guessed wrong
   */
  Guessing(int[] answer, int most, int wrongEvery) {
    this.answer = answer;
    this.most = most;
    this.wrongEvery = wrongEvery;
  }

  @Override
  public BitSet allowed() {
    BitSet all = new BitSet();
    all.set(0, 1 << 16);
    return all;
  }

  @Override
  public List<Integer> expected() {
    List<Integer> guess = new ArrayList<>();
    for (int i = said; i < Math.min(answer.length, said + most); i++) {
      guess.add(i % wrongEvery == wrongEvery - 1 ? answer[i] ^ 1 : answer[i]);
    }
    return guess;
  }

  @Override
  public void accept(int id) {
    said++;
  }
}
