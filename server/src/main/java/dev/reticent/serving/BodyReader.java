package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.sampling.Origin;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads bodies: short ones at once, long ones on a lane of their own, since what the event loop
 * does for one request all others wait for.
 */
final class BodyReader {
  private final Vertx vertx;
  private final Lane lane;

  BodyReader(Vertx vertx, Lane lane) {
    this.vertx = vertx;
    this.lane = lane;
  }

  /** Reads a body as JSON. */
  void read(RoutingContext routing, Consumer<JsonNode> then) {
    read(routing, Function.identity(), then);
  }

  /**
   * Reads a body as a request.
   *
   * @param reader may run on the lane
   * @param then goes on with it on the event loop, unless the client has left
   */
  <T> void read(RoutingContext routing, Function<JsonNode, T> reader, Consumer<T> then) {
    Buffer body = routing.body().buffer();
    if (body == null || body.length() <= Preparations.SHORT) {
      then.accept(reader.apply(JsonBody.of(body)));
      return;
    }
    Context context = vertx.getOrCreateContext();
    lane.add(
        new Origin(Clients.of(routing.request()), routing),
        body.length(),
        () -> {
          if (routing.response().closed()) {
            return;
          }
          T request = reader.apply(JsonBody.of(body));
          context.runOnContext(now -> goOn(routing, () -> then.accept(request)));
        },
        failure -> context.runOnContext(now -> routing.fail(failure)));
  }

  private static void goOn(RoutingContext routing, Runnable rest) {
    if (!routing.response().closed()) {
      try {
        rest.run();
      } catch (RuntimeException e) {
        routing.fail(e);
      }
    }
  }
}
