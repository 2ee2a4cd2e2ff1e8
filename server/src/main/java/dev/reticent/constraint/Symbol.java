package dev.reticent.constraint;

import java.util.function.Consumer;

/** A part of an answer that is still to be written. */
sealed interface Symbol permits Symbol.Structure, Terminal {
  /**
   * An upper bound of the bytes that a shortest completion takes, exact but for names of members
   * that must differ from others; {@link ByteCost#NEVER} where there is none.
   */
  int cost();

  /** A part that is made of other parts. */
  non-sealed interface Structure extends Symbol {
    /** Gives out every way to write it: {@code rest} with its parts on top. */
    void expand(Stack rest, Consumer<Stack> out);
  }
}
