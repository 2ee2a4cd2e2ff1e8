package dev.reticent.constraint;

/**
 * A place in the name of a member, after its first quote; the name is none of {@code taken}.
 *
 * @param taken the taken names that begin like this one, each with its last quote
 * @param state in {@link #CHARACTERS}; accepting between characters
 * @param closed whether the last quote is written
 */
record KeyPosition(Literals.Range taken, int state, boolean closed) implements Terminal {
  /** Names have one spelling, so that two that differ in bytes differ. */
  static final Dfa CHARACTERS =
      new Regular.Star(Characters.canonical(CodePoints.ALL)).dfa(1000).orElseThrow();

  static KeyPosition start(Literals taken) {
    return new KeyPosition(taken.all(), 0, false);
  }

  @Override
  public Terminal next(int b) {
    if (closed) {
      return NoText.NONE;
    }
    Literals.Range still = still(b);
    if (CHARACTERS.accepting(state) && b == '"') {
      return still.isEmpty() ? new KeyPosition(still, state, true) : NoText.NONE;
    }
    int to = CHARACTERS.next(state, b);
    return to == Dfa.NONE ? NoText.NONE : new KeyPosition(still, to, false);
  }

  private Literals.Range still(int b) {
    Literals.Range next = taken.isEmpty() ? taken : taken.next(b);
    return next.isEmpty() ? Literals.NONE.all() : next;
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
    return closed ? 0 : Math.min(Cost.NEVER, 1 + next(cheapest()).cost());
  }

  @Override
  public int cheapest() {
    if (!CHARACTERS.accepting(state)) {
      return CHARACTERS.cheapest(state);
    }
    if (still('"').isEmpty()) {
      return '"';
    }
    for (int c = 'a'; c <= 'z'; c++) {
      if (taken.next(c).isEmpty()) {
        return c;
      }
    }
    return 'a'; // towards a taken name, which has an end
  }
}
