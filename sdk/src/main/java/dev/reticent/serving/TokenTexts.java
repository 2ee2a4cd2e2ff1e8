package dev.reticent.serving;

import dev.reticent.text.Tokenizer;

/**
 * The text of a single token as it stands inside a text: with the blank before a word, which
 * decoders drop at the start of one.
 */
final class TokenTexts {
  private final Tokenizer tokenizer;
  private final int[] anchor;
  private final int anchorLength;

  TokenTexts(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    int[] ids = tokenizer.encode("a", false);
    this.anchor = ids.length == 0 ? new int[] {0} : new int[] {ids[ids.length - 1]};
    this.anchorLength = tokenizer.decode(anchor, false).length();
  }

  /** U+FFFD stands for bytes that are no whole character. */
  String text(int id) {
    String both = tokenizer.decode(new int[] {anchor[0], id}, false);
    return both.length() >= anchorLength ? both.substring(anchorLength) : "";
  }
}
