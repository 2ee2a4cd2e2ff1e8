package dev.reticent.serving;

/** Ends the handling of a request with an error for its client. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  ApiException(ApiError error) {
    super(error.code(), null, false, false); // without a stack trace: these are answers
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
