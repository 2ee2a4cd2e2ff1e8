package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.reticent.serving.TextRequest.Api;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What is answered at which path. */
final class Routes {
  private static final System.Logger LOG = System.getLogger(Routes.class.getName());
  private static final Pattern WELL_ESCAPED = Pattern.compile("([^%]|%[0-9a-fA-F]{2})*+");
  private static final ApiError UNREADABLE =
      ApiError.of(400, "bad_request", "The request cannot be read.");

  private final AdmissionGate gate;
  private final ServerMetrics metrics;
  private final Supplier<Optional<ModelRoutes>> models;
  private final Connections connections;

  /**
   * @param models empty while the model is being loaded
   */
  Routes(
      AdmissionGate gate,
      ServerMetrics metrics,
      Supplier<Optional<ModelRoutes>> models,
      Connections connections) {
    this.connections = connections;
    this.gate = gate;
    this.metrics = metrics;
    this.models = models;
  }

  /** Refuses paths that cannot be decoded, which the router does not, and passes on the others. */
  Handler<HttpServerRequest> handler(Vertx vertx, ServerOptions options) {
    Router router = router(vertx, options);
    return request -> {
      if (WELL_ESCAPED.matcher(request.uri()).matches() && Framing.isClear(request)) {
        router.handle(request);
      } else {
        Replies.error(request.response(), UNREADABLE)
            .onComplete(written -> request.connection().close());
      }
    };
  }

  Router router(Vertx vertx, ServerOptions options) {
    Router router = Router.router(vertx);
    for (int status : new int[] {400, 404, 405, 406, 413, 415, 500, 501}) {
      router.errorHandler(status, this::failed);
    }
    router.route().handler(this::entered);
    router
        .route()
        .handler(new Guard(options)::check)
        .handler(Bodies.ofHeap(options.maxBodyBytes())::admit)
        .failureHandler(this::failed);
    get(router, "/health").handler(this::health);
    get(router, "/metrics").handler(this::metrics);
    get(router, "/v1/models").handler(r -> ready().list(r));
    get(router, "/v1/models/:id").handler(r -> ready().one(r));
    byte[] openapi = Resources.read("openapi.yaml");
    get(router, "/openapi.yaml").handler(r -> Resources.give(r, "application/yaml", openapi));
    BodyHandler body = BodyHandler.create(false).setBodyLimit(options.maxBodyBytes());
    router.post("/v1/completions").handler(body).handler(r -> taking(r).text(r, Api.COMPLETIONS));
    router.post("/v1/responses").handler(body).handler(r -> taking(r).response(r));
    if (options.adminKey().isPresent()) {
      router.post(AdapterRoutes.LOAD).handler(body).handler(r -> taking(r).adapters().load(r));
      router.post(AdapterRoutes.UNLOAD).handler(body).handler(r -> taking(r).adapters().unload(r));
    }
    router.post("/tokenize").handler(body).handler(r -> taking(r).tokens().tokenize(r));
    router.post("/detokenize").handler(body).handler(r -> taking(r).tokens().detokenize(r));
    router.post("/v1/chat/completions").handler(body).handler(r -> taking(r).text(r, Api.CHAT));
    if (options.ui()) {
      byte[] page = Resources.read("page.html");
      byte[] style = Resources.read("page.css");
      byte[] script = Resources.read("page.js");
      get(router, "/").handler(r -> Resources.give(r, "text/html", page));
      get(router, "/page.css").handler(r -> Resources.give(r, "text/css", style));
      get(router, "/page.js").handler(r -> Resources.give(r, "text/javascript", script));
    }
    return router;
  }

  private void entered(RoutingContext routing) {
    AccessLog.entered(routing);
    routing.addEndHandler(ended -> connections.answered(routing.request()));
    routing.next();
  }

  private static Route get(Router router, String path) {
    return router.get(path).method(HttpMethod.HEAD);
  }

  private void health(RoutingContext routing) {
    gate.checkOpen();
    Replies.json(
        routing.response(), 200, JsonNodeFactory.instance.objectNode().put("status", "ok"));
  }

  private void metrics(RoutingContext routing) {
    routing
        .response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(metrics.scrape());
  }

  private ModelRoutes ready() {
    if (gate.state() == AdmissionGate.State.LOADING) {
      gate.checkOpen();
    }
    return models.get().orElseThrow();
  }

  private ModelRoutes taking(RoutingContext routing) {
    connections.whole(routing.request());
    gate.checkOpen();
    return ready();
  }

  /** What a client is told about a failure. */
  static ApiError error(Throwable failure) {
    if (failure instanceof ApiException known) {
      return known.error();
    }
    // Messages of exceptions may hold what a user typed, so only the places are logged.
    StackTraceElement[] trace = failure.getStackTrace();
    LOG.log(
        System.Logger.Level.ERROR,
        "a request failed: {0} at {1}",
        failure.getClass().getName(),
        trace.length == 0 ? "?" : trace[0]);
    return ApiError.server("The server failed to handle the request; its log says where.");
  }

  private static ApiError other(RoutingContext routing) {
    Throwable failure = routing.failure();
    boolean read =
        routing.request().isEnded() || !routing.request().method().equals(HttpMethod.POST);
    if (!read && !(failure instanceof ApiException)) {
      return UNREADABLE; // the body broke off, or its chunks are none
    }
    return failure == null ? ApiError.server("The server failed.") : error(failure);
  }

  private void failed(RoutingContext routing) {
    ApiError error =
        switch (routing.statusCode()) {
          case 404 ->
              ApiError.of(
                  404,
                  "not_found",
                  "There is nothing at this path: a client's base URL ends in /v1, once, and"
                      + " /openapi.yaml lists the paths.");
          case 405 ->
              ApiError.of(405, "method_not_allowed", "This path does not take this method.");
          case 406 -> ApiError.of(406, "not_acceptable", "Answers are JSON.");
          case 413 ->
              ApiError.of(413, "body_too_large", "The body is larger than this server takes.");
          case 415 ->
              ApiError.of(415, "unsupported_media_type", "The body must be application/json.");
          case 400 -> UNREADABLE;
          default -> other(routing);
        };
    boolean full = error.status() == 429 || error.status() == 503;
    if (full && routing.request().method().equals(HttpMethod.POST)) {
      metrics.rejected(error.code());
    }
    if (error.status() == 405) {
      boolean text =
          routing
              .request()
              .path()
              .matches(".*/completions|/v1/responses|/v1/(un)?load_lora_adapter|/(de)?tokenize");
      routing.response().putHeader("Allow", text ? "POST" : "GET, HEAD");
    }
    Replies.error(routing.response(), error);
  }
}
