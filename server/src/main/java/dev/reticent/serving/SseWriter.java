package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Server-sent events on one response. What a slow reader does not take waits here, never in the
 * queue's way; it is bounded by the answer's most tokens. Lives on the response's event loop.
 */
final class SseWriter {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

  private final HttpServerResponse response;
  private final Runnable ended;
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

  /** Adds an event, whose JSON is appended to a buffer; {@link #flush} sends it. */
  void data(Consumer<Buffer> json) {
    batch.appendBytes(DATA);
    json.accept(batch);
    batch.appendBytes(END);
  }

  /** Adds an event. */
  void data(ObjectNode json) {
    data(buffer -> buffer.appendString(json.toString()));
  }

  /** Adds an event with a name. */
  void event(String name, ObjectNode json) {
    batch.appendString("event: " + name + "\n");
    data(json);
  }

  /** A comment, which clients skip: shows that the server is alive. */
  void ping() {
    if (batch.length() == 0) {
      batch.appendString(": keep-alive\n\n");
      flush();
    }
  }

  void done() {
    data(buffer -> buffer.appendString("[DONE]"));
  }

  /**
   * Sends what has been added in one piece, if the reader has taken what was sent before; else it
   * goes with what is added until then.
   */
  void flush() {
    if (over) {
      return;
    }
    if (batch.length() > 0) {
      if (response.writeQueueFull()) {
        response.drainHandler(drained -> flush());
        return;
      }
      response.write(batch);
      batch = Buffer.buffer();
    }
    if (ending) {
      over = true;
      response.end().onComplete(written -> ended.run());
    }
  }

  /** Ends the response after what has been added. */
  void end() {
    ending = true;
    flush();
  }

  /** The reader has gone: nothing is written any more, and whoever waits is let go. */
  void abandon() {
    over = true;
    batch = Buffer.buffer();
  }
}
