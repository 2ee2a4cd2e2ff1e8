package dev.reticent.kernel;

/**
 * Ends a cell with a message and no stack trace.
 *
 * <p>An error, since kernels wrap the exceptions of a magic, and show the frames of the wrapping.
 */
final class CellError extends Error {
  private static final long serialVersionUID = 1L;

  CellError(String message) {
    super(message, null, false, false);
  }
}
