package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Loading and unloading of adapters, in vLLM's shapes. They take turns on a thread of their own.
 */
final class AdapterRoutes {
  static final String LOAD = "/v1/load_lora_adapter";
  static final String UNLOAD = "/v1/unload_lora_adapter";

  private final Vertx vertx;
  private final ModelNames names;
  private final AdapterSource adapters;
  private final Preparations preparations;
  private final BodyReader bodies;

  AdapterRoutes(
      Vertx vertx,
      ModelNames names,
      AdapterSource adapters,
      Preparations preparations,
      BodyReader bodies) {
    this.bodies = bodies;
    this.vertx = vertx;
    this.names = names;
    this.adapters = adapters;
    this.preparations = preparations;
  }

  void load(RoutingContext routing) {
    bodies.read(routing, body -> load(routing, body));
  }

  private void load(RoutingContext routing, JsonNode body) {
    RequestFields fields = new RequestFields(body);
    String name = name(fields);
    String path = fields.text("lora_path", "");
    if (path.isEmpty()) {
      fields.wrong("lora_path", "missing; give the folder of an adapter in adapters_root.");
    }
    if (fields.flag("load_inplace", false)) {
      fields.unsupported("load_inplace", "is not supported: unload the adapter first.");
    }
    RequestReader.check(fields);
    answer(
        routing,
        () -> {
          if (names.byName().containsKey(name)) {
            throw new ApiException(
                ApiError.invalid("lora_name", "There is a model of this name already."));
          }
          try {
            names.add(adapters.load(name, path));
          } catch (UserInputException e) {
            throw new ApiException(ApiError.invalid("lora_path", String.valueOf(e.getMessage())));
          }
          return "Success: LoRA adapter '" + name + "' added successfully.";
        });
  }

  void unload(RoutingContext routing) {
    bodies.read(routing, body -> unload(routing, body));
  }

  private void unload(RoutingContext routing, JsonNode body) {
    RequestFields fields = new RequestFields(body);
    String name = name(fields);
    RequestReader.check(fields);
    answer(
        routing,
        () -> {
          if (names.find(name).card().parent().isEmpty()) {
            throw new ApiException(
                ApiError.invalid("lora_name", "This is the base model, which stays."));
          }
          names.remove(name);
          return "Success: LoRA adapter '" + name + "' removed successfully.";
        });
  }

  private static String name(RequestFields fields) {
    String name = fields.text("lora_name", "");
    try {
      ModelCard.checkName(name);
    } catch (UserInputException e) {
      fields.wrong("lora_name", "expected 1 to 64 letters, digits, dots, underscores and dashes.");
    }
    return name;
  }

  private void answer(RoutingContext routing, Supplier<String> work) {
    Context context = vertx.getOrCreateContext();
    preparations.changeAdapters(
        () -> {
          String done = work.get();
          context.runOnContext(
              now ->
                  routing
                      .response()
                      .putHeader("Content-Type", "text/plain; charset=utf-8")
                      .end(done));
        },
        failure -> {
          ApiError error =
              failure instanceof RejectedExecutionException
                  ? ApiError.unavailable("shutting_down", "The server is shutting down.", 1)
                  : Routes.error(failure);
          context.runOnContext(now -> Replies.error(routing.response(), error));
        });
  }
}
