package dev.reticent.constraint;

import java.util.Optional;

/** A place inside a piece of text with a regular form. */
sealed interface Terminal extends Symbol
    permits NoText, DfaPosition, LiteralPosition, KeyPosition, MemberName, StringPosition {

  /** What is to be written after one more byte; {@link NoText#NONE} where it does not fit. */
  Symbol next(int b);

  /** Whether the piece may end here. */
  boolean complete();

  /** Whether the piece may go on from here. */
  boolean open();

  /** The first byte of a shortest completion, where the piece is not complete. */
  int cheapest();

  /**
   * What the terminal makes of a vocabulary, if many tokens may stay within it; where few do, as in
   * fixed texts, they are found by a walk.
   */
  default Optional<Slice> slice(Slices slices) {
    return Optional.empty();
  }
}
