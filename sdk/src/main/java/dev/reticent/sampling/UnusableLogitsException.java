package dev.reticent.sampling;

/** Logits from which no token can be chosen. */
final class UnusableLogitsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableLogitsException(String message) {
    super(message);
  }
}
