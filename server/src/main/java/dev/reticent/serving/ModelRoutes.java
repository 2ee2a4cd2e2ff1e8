package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.model.AdapterId;
import dev.reticent.serving.TextRequest.Api;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.Optional;

/** What is answered with the models, from when they are loaded until the server closes. */
final class ModelRoutes implements AutoCloseable {
  private final ServedModels models;
  private final ModelNames names;
  private final Preparations preparations;
  private final BodyReader bodies;
  private final TextCalls calls;
  private final TokenTexts texts;
  private final Optional<ToolSyntax> syntax;
  private final TokenRoutes tokens;
  private final AdapterRoutes adapters;
  private final ResponseStore store;
  private final FieldPolicy policy = new FieldPolicy();
  private final Clock clock = Clock.systemUTC();

  ModelRoutes(
      Vertx vertx,
      ServerOptions options,
      AdmissionGate gate,
      ServerMetrics metrics,
      ServedModels models) {
    this.models = models;
    this.texts = new TokenTexts(models.tokenizer());
    this.syntax = ToolSyntax.of(models.format());
    this.store = ResponseStore.ofHeap(options.keptResponses());
    PromptTokens prompts = new PromptTokens(models, texts, options);
    this.preparations =
        new Preparations(prompts, new FormatCache(models.tokenizer(), options.schemas()));
    this.bodies = new BodyReader(vertx, preparations.bodies());
    this.names = new ModelNames(models.byName(), this::unused);
    Relay relay = new Relay(vertx);
    models.queue().whenTold(relay::handOver);
    this.calls =
        new TextCalls(
            gate,
            names,
            preparations,
            metrics,
            new TextCalls.Surroundings(
                vertx, models.queue(), relay, texts, options.requestTimeoutSeconds()));
    this.tokens =
        new TokenRoutes(vertx, gate, models, prompts, preparations, bodies, syntax.isPresent());
    this.adapters = new AdapterRoutes(vertx, names, models.adapters(), preparations, bodies);
    metrics.watch(models);
    metrics.watch(preparations);
  }

  /** Makes room, unless somebody has come to hold the adapter meanwhile. */
  private void unused(AdapterId adapter) {
    preparations.changeAdapters(
        () -> {
          if (!names.holds(adapter)) {
            models.adapters().unload(adapter);
          }
        },
        Routes::error);
  }

  /** The list of models. */
  void list(RoutingContext routing) {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = list.putArray("data");
    names.byName().values().forEach(model -> data.add(model.card().json()));
    Replies.json(routing.response(), 200, list);
  }

  /** One model. */
  void one(RoutingContext routing) {
    ServedModels.Model model = names.find(routing.pathParam("id"));
    Replies.json(routing.response(), 200, model.card().json());
  }

  TokenRoutes tokens() {
    return tokens;
  }

  AdapterRoutes adapters() {
    return adapters;
  }

  /** Completions and chat completions. */
  void text(RoutingContext routing, Api api) {
    RequestReader reader = new RequestReader(models.vocabularySize(), policy, syntax);
    bodies.read(
        routing,
        body -> reader.read(api, body),
        request ->
            calls.begin(
                routing,
                request,
                (id, fingerprint) -> new ChoicesWriter(request, id, now(), fingerprint, texts)));
  }

  /** Responses, in OpenAI's newer protocol. */
  void response(RoutingContext routing) {
    ResponseReader reader = new ResponseReader(models.vocabularySize(), policy, syntax, store);
    bodies.read(
        routing,
        body -> reader.read(body),
        request ->
            calls.begin(
                routing,
                request.text(),
                (id, fingerprint) -> new ResponseWriter(request, id, now(), texts, store)));
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  void failAll(ApiError error) {
    calls.failAll(error);
  }

  /** Ends the threads that prepare, and frees the models. */
  @Override
  public void close() {
    preparations.close();
    models.close();
  }
}
