package dev.reticent.constraint;

/** A place inside a piece of text with a regular form. */
sealed interface Terminal extends Symbol
    permits NoText, DfaPosition, LiteralPosition, KeyPosition, StringPosition {

  /** The place after one more byte, or {@link NoText#NONE}. */
  Terminal next(int b);

  /** Whether the piece may end here. */
  boolean complete();

  /** Whether the piece may go on from here. */
  boolean open();

  /** The first byte of a shortest completion, where the piece is not complete. */
  int cheapest();
}
