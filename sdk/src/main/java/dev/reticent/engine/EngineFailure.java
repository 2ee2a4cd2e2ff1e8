package dev.reticent.engine;

import dev.reticent.api.Internal;
import java.util.Locale;

/** libtorch could not carry out a call; the message holds its reason and the script's line. */
@Internal
public final class EngineFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineFailure(String call, Throwable cause) {
    super(call + " failed: " + cause.getMessage(), cause);
  }

  /** Whether a device, or the host, had no memory for a tensor. */
  public boolean outOfMemory() {
    String message = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("out of memory")
        || message.contains("not enough memory")
        || message.contains("can't allocate memory");
  }
}
