package dev.reticent.serving;

import dev.reticent.model.AdapterId;
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
  private final ModelNames names;
  private final Relay relay;
  private final Optional<ToolSyntax> syntax;
  private final Set<TextCall> live = ConcurrentHashMap.newKeySet();

  Calls(Vertx vertx, ServerOptions options, ServedModels models) {
    this.vertx = vertx;
    this.options = options;
    this.models = models;
    this.texts = new TokenTexts(models.tokenizer());
    this.prompts = new PromptTokens(models, texts, options);
    FormatCache forms = new FormatCache(models.tokenizer());
    this.preparations = new Preparations(prompts, forms);
    this.names = new ModelNames(models.byName(), this::unused);
    this.relay = new Relay(vertx);
    this.syntax = ToolSyntax.of(models.format());
    models.queue().whenTold(relay::handOver);
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

  ModelNames names() {
    return names;
  }

  /** Makes room, unless somebody has come to hold the adapter meanwhile. */
  private void unused(AdapterId adapter) {
    preparations.changeAdapters(
        () -> {
          if (!names.holds(adapter)) {
            models.adapters().unload(adapter);
          }
        });
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

  void add(TextCall call) {
    live.add(call);
  }

  void remove(TextCall call) {
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
