package dev.reticent.privacy;

/** The next step would spend more than the budget; it was not taken. */
public final class BudgetExceededException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BudgetExceededException(String message) {
    super(message);
  }
}
