package dev.reticent.sampling;

/** Why an answer ended. */
public enum FinishReason {
  /** An end token, a stop token or a stop string. */
  STOP,
  /** The most tokens asked for, or the end of the context. */
  LENGTH,
  /** The caller cancelled it, or closed the queue. */
  CANCELLED,
  /** The request's time was up. */
  TIMEOUT,
  /**
   * A constraint asked for more work than an answer may cause; {@link Generation#error} says what
   * to do.
   */
  CONSTRAINT,
  /** Something failed; {@link Generation#error} says what. The answer up to there is kept. */
  ERROR
}
