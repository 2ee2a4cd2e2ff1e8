package dev.reticent.sampling;

import dev.reticent.api.Internal;

/**
 * Whom work is done for, so that a {@link FairQueue} takes turns; both parts are compared by {@code
 * equals}.
 *
 * @param client who asks
 * @param request one of the client's, which may ask for several answers
 */
@Internal
public record Origin(Object client, Object request) {
  /** A request of nobody in particular, as all are that say nothing of their client. */
  static Origin unnamed() {
    return new Origin("", new Object());
  }
}
