package dev.reticent.sampling;

import dev.reticent.api.Internal;

/** A request that was given to a {@link GenerationQueue}. */
@Internal
@FunctionalInterface
public interface Ticket {

  /**
   * Ends the request before the queue's next step, with what it has said so far; nothing happens if
   * it has ended. Returns at once; the listener hears of the end on the queue's thread.
   */
  void cancel();
}
