package dev.reticent.serving;

/** What texts may hold. */
final class Texts {
  private Texts() {}

  /** Whether a text has no half of a surrogate pair, which JSON can spell and UTF-8 cannot. */
  static boolean isWhole(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }
}
