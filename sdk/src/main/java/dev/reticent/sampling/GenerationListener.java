package dev.reticent.sampling;

import dev.reticent.api.Internal;

/**
 * Hears of an answer while it grows, on the thread that calls {@link Generator#step}; it must not
 * block there. An exception thrown by {@link #token} ends this request with an error, and no other.
 */
@Internal
public interface GenerationListener {

  /** A listener that does nothing. */
  GenerationListener NONE = new GenerationListener() {};

  /** One more token was drawn. */
  default void token(GeneratedToken token) {}

  /**
   * The answer has ended; called exactly once, and must not throw.
   *
   * @param rest the last piece of its text, which no token has shown
   */
  default void finished(String rest, Generation generation) {}
}
