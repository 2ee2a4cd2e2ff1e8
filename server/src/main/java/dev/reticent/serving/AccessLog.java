package dev.reticent.serving;

import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Gives each request an id, which its answer names, and tells of each that has ended in one line of
 * JSON: id, method, route, status, bytes and milliseconds. No path, header or text of a client is
 * told, but an id that it chose. The lines are at level DEBUG of this class's logger.
 */
final class AccessLog {
  static final String HEADER = "X-Request-Id";

  private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private AccessLog() {}

  static void entered(RoutingContext routing) {
    String id =
        Optional.ofNullable(routing.request().getHeader(HEADER))
            .filter(given -> ID.matcher(given).matches())
            .orElseGet(() -> UUID.randomUUID().toString());
    routing.response().putHeader(HEADER, id);
    long start = System.nanoTime();
    routing.addEndHandler(
        ended -> LOG.log(System.Logger.Level.DEBUG, () -> line(routing, id, start)));
  }

  private static String line(RoutingContext routing, String id, long start) {
    String route =
        Optional.ofNullable(routing.currentRoute()).map(Route::getPath).orElse("unknown");
    return "{\"request_id\":\"%s\",\"method\":\"%s\",\"route\":\"%s\",\"status\":%d,\"bytes\":%d,\"millis\":%d}"
        .formatted(
            id,
            routing.request().method().name(),
            route,
            routing.response().getStatusCode(),
            routing.response().bytesWritten(),
            (System.nanoTime() - start) / 1_000_000);
  }
}
