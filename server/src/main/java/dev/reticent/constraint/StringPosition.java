package dev.reticent.constraint;

import java.util.Optional;

/**
 * A place in a string of {@code least} to {@code most} characters, after its first quote.
 *
 * @param count the characters begun so far, of which no more are counted than matter
 * @param state in {@link #CHARACTERS}; accepting between characters
 * @param closed whether the last quote is written
 */
record StringPosition(int least, int most, int count, int state, boolean closed)
    implements Terminal {
  static final int UNBOUNDED = Integer.MAX_VALUE;

  static final Dfa CHARACTERS = new Regular.Star(Characters.any()).dfa();

  static StringPosition start(int least, int most) {
    return new StringPosition(least, most, 0, 0, false);
  }

  @Override
  public Terminal next(int b) {
    if (closed) {
      return NoText.NONE;
    }
    boolean between = CHARACTERS.accepting(state);
    if (between && b == '"') {
      return count < least ? NoText.NONE : new StringPosition(least, most, count, state, true);
    }
    if (between && count == most) {
      return NoText.NONE;
    }
    int to = CHARACTERS.next(state, b);
    if (to == Dfa.NONE) {
      return NoText.NONE;
    }
    boolean counted = between && !(most == UNBOUNDED && count == least);
    return new StringPosition(least, most, counted ? count + 1 : count, to, false);
  }

  @Override
  public boolean complete() {
    return closed;
  }

  @Override
  public boolean open() {
    return !closed;
  }

  @Override
  public int cost() {
    if (closed) {
      return 0;
    }
    return least > most
        ? ByteCost.NEVER
        : 1
            + ByteCost.sum(
                CHARACTERS.distance(state), ByteCost.times(1, Math.max(0, least - count)));
  }

  @Override
  public int cheapest() {
    if (!CHARACTERS.accepting(state)) {
      return CHARACTERS.cheapest(state);
    }
    return count < least ? 'a' : '"';
  }

  @Override
  public Optional<Slice> slice(Slices slices) {
    return Optional.of(
        slices.string(
            state, Math.max(0, least - count), most == UNBOUNDED ? UNBOUNDED : most - count));
  }
}
