package dev.reticent.config;

/**
 * Something a user wrote or pointed at cannot be used.
 *
 * <p>The message stands on its own: it names the place, what was found, what was expected and what
 * to do. The command line prints it without a stack trace and exits with 2.
 */
public final class UserInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserInputException(String message) {
    super(message);
  }

  public UserInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
