package dev.reticent.serving;

import dev.reticent.sampling.GenerationQueue;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/** Begins requests for text, and knows those under way. */
final class TextCalls {
  private final AdmissionGate gate;
  private final ModelNames names;
  private final Preparations preparations;
  private final ServerMetrics metrics;
  private final Surroundings surroundings;
  private final Set<TextCall> live = ConcurrentHashMap.newKeySet();

  TextCalls(
      AdmissionGate gate,
      ModelNames names,
      Preparations preparations,
      ServerMetrics metrics,
      Surroundings surroundings) {
    this.gate = gate;
    this.names = names;
    this.preparations = preparations;
    this.metrics = metrics;
    this.surroundings = surroundings;
  }

  /** What every call needs while it is under way. */
  record Surroundings(
      Vertx vertx, GenerationQueue queue, Relay relay, TokenTexts texts, int timeoutSeconds) {}

  /**
   * Takes a permit for a request and has it answered.
   *
   * @param writer of the answer's id and the model's fingerprint
   */
  void begin(
      RoutingContext routing,
      TextRequest request,
      BiFunction<String, String, AnswerWriter> writer) {
    String client = Clients.of(routing.request());
    AdmissionGate.Permit permit = admit(client, request);
    ServedModels.Model model = names.take(request.model());
    String id = request.api().idPrefix() + UUID.randomUUID().toString().replace("-", "");
    TextCall call =
        new TextCall(
            surroundings,
            client,
            routing.response(),
            request,
            ended -> {
              permit.release();
              names.release(model);
              live.remove(ended);
            },
            writer.apply(id, model.fingerprint()),
            metrics.start(request.model()));
    live.add(call);
    call.open();
    preparations.begin(call, request, model);
  }

  /** A request for a model that is not there takes no permit. */
  private AdmissionGate.Permit admit(String client, TextRequest request) {
    names.find(request.model());
    return gate.admit(client, request.answers());
  }

  void failAll(ApiError error) {
    live.forEach(call -> call.failSoon(error));
  }
}
