package dev.reticent.serving;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The open connections: no more than a limit, and none that asks nothing. One that has sent no
 * whole request for a while is closed, before its first and between two. Where there are too many,
 * the one that has kept the server waiting longest makes room, so that thousands of half requests
 * lock nobody out. Lives on the event loop.
 */
final class Connections {
  private final Vertx vertx;
  private final int most;
  private final long idleMillis;

  /** Those that owe a request, the longest first, each with the timer that closes it. */
  private final Map<HttpConnection, Long> waiting = new LinkedHashMap<>();

  private final Set<HttpConnection> answering = new HashSet<>();

  Connections(Vertx vertx, int most, long idleMillis) {
    this.vertx = vertx;
    this.most = most;
    this.idleMillis = idleMillis;
  }

  int open() {
    return waiting.size() + answering.size();
  }

  void opened(HttpConnection connection) {
    if (open() >= most && !makeRoom()) {
      connection.close();
      return;
    }
    wait(connection);
    connection.closeHandler(closed -> forget(connection));
  }

  /** Whether a connection could be closed for another one. */
  private boolean makeRoom() {
    if (waiting.isEmpty()) {
      return false;
    }
    HttpConnection longest = waiting.keySet().iterator().next();
    forget(longest);
    longest.close();
    return true;
  }

  /** Gives a request, whose head is there, time for its body. */
  void asked(HttpServerRequest request) {
    waitAgain(request.connection());
  }

  /** Waits for the next request. */
  void answered(HttpServerRequest request) {
    waitAgain(request.connection());
  }

  /** Lets a request that is whole take its time. */
  void whole(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    if (forget(connection)) {
      answering.add(connection);
    }
  }

  private void waitAgain(HttpConnection connection) {
    if (forget(connection)) {
      wait(connection);
    }
  }

  private void wait(HttpConnection connection) {
    waiting.put(connection, vertx.setTimer(idleMillis, due -> connection.close()));
  }

  /** Whether it was known. */
  private boolean forget(HttpConnection connection) {
    Long timer = waiting.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
    return answering.remove(connection) || timer != null;
  }
}
