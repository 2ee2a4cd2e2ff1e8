package dev.reticent.constraint;

/** A place inside a piece of text with a regular form. */
sealed interface Terminal extends Symbol
    permits Terminal.None, DfaPosition, LiteralPosition, KeyPosition, StringPosition {

  /** Where no text fits. */
  Terminal NONE = new None();

  /** The place after one more byte, or {@link #NONE}. */
  Terminal next(int b);

  /** Whether the piece may end here. */
  boolean complete();

  /** Whether the piece may go on from here. */
  boolean open();

  /** The first byte of a shortest completion, where the piece is not complete. */
  int cheapest();

  /** The only terminal that is neither complete nor open. */
  record None() implements Terminal {
    @Override
    public Terminal next(int b) {
      return this;
    }

    @Override
    public boolean complete() {
      return false;
    }

    @Override
    public boolean open() {
      return false;
    }

    @Override
    public int cost() {
      return Cost.NEVER;
    }

    @Override
    public int cheapest() {
      throw new IllegalStateException("no text fits here");
    }
  }
}
