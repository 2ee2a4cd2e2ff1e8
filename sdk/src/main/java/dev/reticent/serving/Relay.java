package dev.reticent.serving;

import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/**
 * Carries what the engine's thread hears over to the event loop: all that one pass over the model
 * yields at once, so that a pass wakes the loop once and each response is written to once.
 */
final class Relay {
  private final Context loop;
  private List<Event> heard = new ArrayList<>(); // the engine's thread only

  /** What a call is to do on the event loop. */
  private record Event(Call call, Runnable action) {}

  /**
   * @param loop where all calls live
   */
  Relay(Context loop) {
    this.loop = loop;
  }

  /** Notes an event; on the engine's thread. */
  void hear(Call call, Runnable action) {
    heard.add(new Event(call, action));
  }

  /** Hands over what has been noted; on the engine's thread. */
  void handOver() {
    if (!heard.isEmpty()) {
      List<Event> events = heard;
      heard = new ArrayList<>();
      try {
        loop.runOnContext(now -> deliver(events));
      } catch (RejectedExecutionException e) {
        // The loop has ended, and all calls before it.
      }
    }
  }

  private static void deliver(List<Event> events) {
    Set<Call> calls = new LinkedHashSet<>();
    for (Event event : events) {
      event.call().react(event.action());
      calls.add(event.call());
    }
    calls.forEach(Call::flush);
  }
}
