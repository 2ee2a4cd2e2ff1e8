package dev.reticent.constraint;

/** Where no text fits: the only terminal that is neither complete nor open. */
record NoText() implements Terminal {
  static final Terminal NONE = new NoText();

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
    return ByteCost.NEVER;
  }

  @Override
  public int cheapest() {
    throw new IllegalStateException("no text fits here");
  }
}
