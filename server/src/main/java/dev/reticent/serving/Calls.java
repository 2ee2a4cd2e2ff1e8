package dev.reticent.serving;

import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The requests for text under way, and what they share. */
final class Calls {
  private final Vertx vertx;
  private final ServerOptions options;
  private final ServedModels models;
  private final TokenTexts texts;
  private final PromptTokens prompts;
  private final Preparations preparations;
  private final Relay relay;
  private final Optional<ToolSyntax> syntax;
  private final Set<Call> live = ConcurrentHashMap.newKeySet();

  Calls(Vertx vertx, ServerOptions options, ServedModels models) {
    this.vertx = vertx;
    this.options = options;
    this.models = models;
    this.texts = new TokenTexts(models.tokenizer());
    this.prompts = new PromptTokens(models, texts, options);
    Forms forms = new Forms(models.tokenizer());
    this.preparations = new Preparations(prompts, forms);
    this.relay = new Relay(vertx);
    this.syntax = ToolSyntax.of(models.format());
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

  PromptTokens prompts() {
    return prompts;
  }

  Preparations preparations() {
    return preparations;
  }

  /** How the models call tools, if they do. */
  Optional<ToolSyntax> syntax() {
    return syntax;
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
