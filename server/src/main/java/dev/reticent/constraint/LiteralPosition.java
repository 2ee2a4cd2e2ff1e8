package dev.reticent.constraint;

import java.util.Collection;

/** A place in one of several fixed texts. */
record LiteralPosition(Literals.Range range) implements Terminal {
  static LiteralPosition of(String text) {
    return new LiteralPosition(Literals.of(text).all());
  }

  static LiteralPosition of(Collection<byte[]> texts) {
    return new LiteralPosition(Literals.of(texts).all());
  }

  @Override
  public Terminal next(int b) {
    Literals.Range next = range.next(b);
    return next.isEmpty() ? NoText.NONE : new LiteralPosition(next);
  }

  @Override
  public boolean complete() {
    return range.whole();
  }

  @Override
  public boolean open() {
    return range.longer();
  }

  @Override
  public int cost() {
    return range.isEmpty() ? ByteCost.NEVER : range.shortest().length - range.depth();
  }

  @Override
  public int cheapest() {
    return range.shortest()[range.depth()] & 0xFF;
  }
}
