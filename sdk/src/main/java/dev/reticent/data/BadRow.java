package dev.reticent.data;

/** Why one row cannot be used. */
final class BadRow extends Exception {
  private static final long serialVersionUID = 1L;

  BadRow(String message) {
    super(message);
  }
}
