package dev.reticent.cli;

/**
 * How the parts of a row are told apart.
 *
 * @param learnt brackets around what is learnt
 * @param read brackets around what is only read
 * @param cut brackets around what is cut off
 */
record Paint(Brackets learnt, Brackets read, Brackets cut) {
  /** What goes before and after. */
  record Brackets(String open, String close) {
    String around(String text) {
      return open + text + close;
    }
  }

  /** Colours, or brackets where there are none. */
  static Paint of(boolean colours) {
    String reset = "\u001B[0m";
    return colours
        ? new Paint(
            new Brackets("\u001B[1;32m", reset),
            new Brackets("\u001B[2m", reset),
            new Brackets("\u001B[9;31m", reset))
        : new Paint(new Brackets("⟦", "⟧"), new Brackets("", ""), new Brackets("✂⟨", "⟩"));
  }

  String learnt(String text) {
    return learnt.around(text);
  }

  String read(String text) {
    return read.around(text);
  }

  String cut(String text) {
    return cut.around(text);
  }
}
