package dev.reticent.serving;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Server-sent events on one response. What a slow reader does not take waits here, never in the
 * engine's way; it is bounded by the answer's most tokens. Lives on the response's event loop.
 */
final class SseWriter {
  private static final String DONE = "data: [DONE]\n\n";

  private final HttpServerResponse response;
  private final Runnable ended;
  private final Deque<Buffer> waiting = new ArrayDeque<>();
  private Buffer batch = Buffer.buffer();
  private boolean ending;
  private boolean over;

  /**
   * @param ended called when all has been handed to the socket
   */
  SseWriter(HttpServerResponse response, Runnable ended) {
    this.response = response;
    this.ended = ended;
  }

  /** Makes the response one of events. */
  void begin() {
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream; charset=utf-8")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no"); // a proxy must not hold events back
  }

  /** Adds an event; {@link #flush} sends it. */
  void data(String json) {
    batch.appendString("data: ").appendString(json).appendString("\n\n");
  }

  /** An error: one of our clients looks at the event's name, the other at the data. */
  void error(String json) {
    batch.appendString("event: error\n");
    data(json);
  }

  /** A comment, which clients skip: shows that the server is alive. */
  void ping() {
    if (waiting.isEmpty() && batch.length() == 0) {
      batch.appendString(": keep-alive\n\n");
      flush();
    }
  }

  void done() {
    batch.appendString(DONE);
  }

  /** Sends what has been added, as fast as the reader takes it. */
  void flush() {
    if (batch.length() > 0) {
      waiting.add(batch);
      batch = Buffer.buffer();
    }
    pump();
  }

  /** Ends the response after what has been added. */
  void end() {
    ending = true;
    flush();
  }

  /** The reader has gone: nothing is written any more, and whoever waits is let go. */
  void abandon() {
    over = true;
    waiting.clear();
  }

  private void pump() {
    while (!over && !waiting.isEmpty()) {
      if (response.writeQueueFull()) {
        response.drainHandler(drained -> pump());
        return;
      }
      response.write(waiting.remove());
    }
    if (ending && !over) {
      over = true;
      response.end().onComplete(written -> ended.run());
    }
  }
}
