package dev.reticent.serving;

import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The requests for text under way, and what they share. */
final class Calls {
  private final Vertx vertx;
  private final ServerOptions options;
  private final ServedModels models;
  private final TokenTexts texts;
  private final Preparations preparations;
  private final Relay relay;
  private final Set<Call> live = ConcurrentHashMap.newKeySet();

  Calls(Vertx vertx, ServerOptions options, ServedModels models) {
    this.vertx = vertx;
    this.options = options;
    this.models = models;
    this.texts = new TokenTexts(models.tokenizer());
    Forms forms = new Forms(models.tokenizer());
    this.preparations = new Preparations(new PromptTokens(models, options), forms);
    this.relay = new Relay(vertx);
    models.engine().whenTold(relay::handOver);
  }

  Vertx vertx() {
    return vertx;
  }

  ServerOptions options() {
    return options;
  }

  ServedModels models() {
    return models;
  }

  TokenTexts texts() {
    return texts;
  }

  Preparations preparations() {
    return preparations;
  }

  Relay relay() {
    return relay;
  }

  void add(Call call) {
    live.add(call);
  }

  void remove(Call call) {
    live.remove(call);
  }

  void failAll(ApiError error) {
    live.forEach(call -> call.failSoon(error));
  }

  /** Ends the threads that prepare, and frees the models. */
  void close() {
    preparations.close();
    models.close();
  }
}
