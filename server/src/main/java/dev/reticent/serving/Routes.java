package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.serving.TextRequest.Api;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
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
  private final Supplier<Optional<Calls>> calls;
  private final Connections connections;
  private final FieldPolicy policy = new FieldPolicy();
  private final Clock clock = Clock.systemUTC();

  /**
   * @param calls empty while the model is being loaded
   */
  Routes(
      AdmissionGate gate,
      ServerMetrics metrics,
      Supplier<Optional<Calls>> calls,
      Connections connections) {
    this.connections = connections;
    this.gate = gate;
    this.metrics = metrics;
    this.calls = calls;
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
    get(router, "/v1/models").handler(this::models);
    get(router, "/v1/models/:id").handler(this::model);
    byte[] openapi = Resources.read("openapi.yaml");
    get(router, "/openapi.yaml").handler(r -> Resources.give(r, "application/yaml", openapi));
    BodyHandler body = BodyHandler.create(false).setBodyLimit(options.maxBodyBytes());
    router.post("/v1/completions").handler(body).handler(r -> text(r, Api.COMPLETIONS));
    ResponseStore store = ResponseStore.ofHeap(options.keptResponses());
    router.post("/v1/responses").handler(body).handler(r -> response(r, store));
    if (options.adminKey().isPresent()) {
      router
          .post(AdapterRoutes.LOAD)
          .handler(body)
          .handler(r -> AdapterRoutes.load(r, taking(r), JsonBody.of(r)));
      router
          .post(AdapterRoutes.UNLOAD)
          .handler(body)
          .handler(r -> AdapterRoutes.unload(r, taking(r), JsonBody.of(r)));
    }
    router.post("/tokenize").handler(body).handler(this::tokenize);
    router.post("/detokenize").handler(body).handler(this::detokenize);
    router.post("/v1/chat/completions").handler(body).handler(r -> text(r, Api.CHAT));
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

  private void models(RoutingContext routing) {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = list.putArray("data");
    ready().names().byName().values().forEach(model -> data.add(model.card().json()));
    Replies.json(routing.response(), 200, list);
  }

  private void model(RoutingContext routing) {
    ServedModels.Model model = ready().names().find(routing.pathParam("id"));
    Replies.json(routing.response(), 200, model.card().json());
  }

  private Calls ready() {
    if (gate.state() == AdmissionGate.State.LOADING) {
      gate.checkOpen();
    }
    return calls.get().orElseThrow();
  }

  private void tokenize(RoutingContext routing) {
    new TokenRoutes(gate).tokenize(routing, taking(routing), JsonBody.of(routing));
  }

  private void detokenize(RoutingContext routing) {
    new TokenRoutes(gate).detokenize(routing, taking(routing), JsonBody.of(routing));
  }

  private void text(RoutingContext routing, Api api) {
    Calls ready = taking(routing);
    TextRequest request =
        new RequestReader(ready.models().vocabularySize(), policy, ready.syntax())
            .read(api, JsonBody.of(routing));
    begin(
        routing,
        ready,
        request,
        (id, fingerprint) -> new ChoicesWriter(request, id, now(), fingerprint, ready.texts()));
  }

  private void response(RoutingContext routing, ResponseStore store) {
    Calls ready = taking(routing);
    ResponseRequest request =
        new ResponseReader(ready.models().vocabularySize(), policy, ready.syntax(), store)
            .read(JsonBody.of(routing));
    begin(
        routing,
        ready,
        request.text(),
        (id, fingerprint) -> new ResponseWriter(request, id, now(), ready.texts(), store));
  }

  private Calls taking(RoutingContext routing) {
    connections.whole(routing.request());
    gate.checkOpen();
    return ready();
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  private AdmissionGate.Permit admit(Calls ready, TextRequest request) {
    ready.names().find(request.model());
    return gate.admit(request.answers());
  }

  /**
   * Takes a permit for a request and has it answered.
   *
   * @param writer of the answer's id and the model's fingerprint
   */
  private void begin(
      RoutingContext routing,
      Calls ready,
      TextRequest request,
      BiFunction<String, String, AnswerWriter> writer) {
    AdmissionGate.Permit permit = admit(ready, request);
    ServedModels.Model model = ready.names().take(request.model());
    Runnable release =
        () -> {
          permit.release();
          ready.names().release(model);
        };
    String id = request.api().idPrefix() + UUID.randomUUID().toString().replace("-", "");
    TextCall call =
        new TextCall(
            ready,
            ready.vertx().getOrCreateContext(),
            routing.response(),
            request,
            release,
            writer.apply(id, model.fingerprint()),
            metrics.start(request.model()));
    call.open();
    ready.preparations().begin(call, request, model);
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
              ApiError.of(404, "not_found", "There is nothing at this path: see /openapi.yaml.");
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
