package dev.reticent.engine;

/** libtorch could not carry out a call; the message holds its reason and the script's line. */
public final class EngineFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineFailure(String call, Throwable cause) {
    super(call + " failed: " + cause.getMessage(), cause);
  }
}
