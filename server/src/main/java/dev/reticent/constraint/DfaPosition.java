package dev.reticent.constraint;

import java.util.Optional;

/** A place in a number, a blank or a string with a pattern. */
record DfaPosition(Dfa dfa, int state) implements Terminal {
  /** At most one blank, or a line break with some indentation: no answer is lost in blanks. */
  static final DfaPosition BLANK =
      start(
          Regular.choice(
              Regular.empty(),
              Regular.ascii(" "),
              Regular.sequence(
                  Regular.ascii("\n"),
                  Regular.choice(
                      Regular.repeat(Regular.ascii(" "), 0, 32),
                      Regular.repeat(Regular.ascii("\t"), 1, 16)))));

  static final DfaPosition SPACE = start(Regular.choice(Regular.empty(), Regular.ascii(" ")));

  private static DfaPosition start(Regular expression) {
    return new DfaPosition(expression.dfa(), 0);
  }

  @Override
  public Terminal next(int b) {
    int to = dfa.next(state, b);
    return to == Dfa.NONE ? NoText.NONE : new DfaPosition(dfa, to);
  }

  @Override
  public boolean complete() {
    return dfa.accepting(state);
  }

  @Override
  public boolean open() {
    return dfa.open(state);
  }

  @Override
  public int cost() {
    return dfa.distance(state);
  }

  @Override
  public int cheapest() {
    return dfa.cheapest(state);
  }

  @Override
  public Optional<Slice> slice(Slices slices) {
    return Optional.of(slices.walked(this));
  }
}
