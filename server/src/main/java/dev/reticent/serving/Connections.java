package dev.reticent.serving;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open connections: no more than a limit, and none that asks nothing. One that has sent no
 * whole request for a while is closed, before its first and between two. Lives on the event loop.
 */
final class Connections {
  private final Vertx vertx;
  private final int most;
  private final long idleMillis;
  private final Map<HttpConnection, Long> timers = new HashMap<>();

  Connections(Vertx vertx, int most, long idleMillis) {
    this.vertx = vertx;
    this.most = most;
    this.idleMillis = idleMillis;
  }

  int open() {
    return timers.size();
  }

  void opened(HttpConnection connection) {
    if (timers.size() >= most) {
      connection.close();
      return;
    }
    timers.put(connection, timer(connection));
    connection.closeHandler(closed -> stop(timers.remove(connection)));
  }

  private long timer(HttpConnection connection) {
    return vertx.setTimer(idleMillis, due -> connection.close());
  }

  /** Gives a request, whose head is there, time for its body. */
  void asked(HttpServerRequest request) {
    wait(request.connection());
  }

  /** Waits for the next request. */
  void answered(HttpServerRequest request) {
    wait(request.connection());
  }

  /** Lets a request that is whole take its time. */
  void whole(HttpServerRequest request) {
    stop(timers.get(request.connection()));
  }

  private void wait(HttpConnection connection) {
    if (timers.containsKey(connection)) {
      stop(timers.put(connection, timer(connection)));
    }
  }

  private void stop(@Nullable Long timer) {
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
