package dev.reticent.data;

/** Why one row cannot be used. */
final class BadRow extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  BadRow(String message) {
    super(message);
    this.reason = message;
  }

  String reason() {
    return reason;
  }
}
