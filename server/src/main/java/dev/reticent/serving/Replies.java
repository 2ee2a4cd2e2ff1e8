package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;

/** JSON over HTTP. */
final class Replies {
  private Replies() {}

  static Future<Void> json(HttpServerResponse response, int status, ObjectNode body) {
    if (response.ended() || response.closed()) {
      return Future.succeededFuture();
    }
    return response
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json; charset=utf-8")
        .putHeader("Cache-Control", "no-store")
        .end(body.toString());
  }

  static Future<Void> error(HttpServerResponse response, ApiError error) {
    if (response.ended() || response.closed()) {
      return Future.succeededFuture();
    }
    if (error.retryAfterSeconds() > 0) {
      response.putHeader("Retry-After", Integer.toString(error.retryAfterSeconds()));
    }
    if (error.status() == 408) {
      response.putHeader("X-Should-Retry", "false"); // it would take as long again
    }
    if (error.status() == 401) {
      response.putHeader("WWW-Authenticate", "Basic realm=\"reticent\", charset=\"UTF-8\"");
    }
    return json(response, error.status(), error.json());
  }
}
