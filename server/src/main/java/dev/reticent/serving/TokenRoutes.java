package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.sampling.Origin;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** {@code /tokenize} and {@code /detokenize}, in vLLM's shapes. */
final class TokenRoutes {
  private final Vertx vertx;
  private final AdmissionGate gate;
  private final ServedModels models;
  private final PromptTokens prompts;
  private final Preparations preparations;
  private final BodyReader bodies;
  private final boolean tools;

  /**
   * @param tools whether the models call tools, so that conversations may have calls
   */
  TokenRoutes(
      Vertx vertx,
      AdmissionGate gate,
      ServedModels models,
      PromptTokens prompts,
      Preparations preparations,
      BodyReader bodies,
      boolean tools) {
    this.bodies = bodies;
    this.vertx = vertx;
    this.gate = gate;
    this.models = models;
    this.prompts = prompts;
    this.preparations = preparations;
    this.tools = tools;
  }

  /** The ids of a text, or of a conversation up to where the assistant speaks. */
  void tokenize(RoutingContext routing) {
    bodies.read(routing, body -> tokenize(routing, body));
  }

  private void tokenize(RoutingContext routing, JsonNode body) {
    RequestFields fields = new RequestFields(body);
    fields.text("model", "");
    boolean special = fields.flag("add_special_tokens", true);
    boolean chat = fields.given("messages").isPresent();
    PromptReader reader = new PromptReader(fields, models.vocabularySize(), tools);
    List<Prompt> given = chat ? reader.messages() : reader.prompt();
    if (given.size() != 1 || given.get(0) instanceof Prompt.Ids) {
      fields.wrong("prompt", "expected one text.");
    }
    RequestReader.check(fields);
    Prompt prompt = given.get(0);
    answer(
        routing,
        prompt.size(),
        () -> {
          int[] ids = prompts.ids(prompt, special);
          ObjectNode answer = JsonNodeFactory.instance.objectNode().put("count", ids.length);
          answer.put("max_model_len", models.contextTokens());
          for (int id : ids) {
            answer.withArray("tokens").add(id);
          }
          return answer;
        });
  }

  /** The text of ids. */
  void detokenize(RoutingContext routing) {
    bodies.read(routing, body -> detokenize(routing, body));
  }

  private void detokenize(RoutingContext routing, JsonNode body) {
    RequestFields fields = new RequestFields(body);
    fields.text("model", "");
    List<Integer> ids = new ArrayList<>();
    int most = models.vocabularySize() - 1;
    boolean good = fields.given("tokens").filter(JsonNode::isArray).isPresent();
    for (JsonNode token : good ? body.get("tokens") : List.<JsonNode>of()) {
      OptionalInt id = RequestFields.whole(token, 0, most);
      good &= id.isPresent();
      id.ifPresent(ids::add);
    }
    if (!good) {
      fields.wrong("tokens", "expected a list of token ids from 0 to " + most + ".");
    }
    RequestReader.check(fields);
    answer(
        routing,
        ids.size(),
        () -> {
          int[] all = ids.stream().mapToInt(Integer::intValue).toArray();
          String text = models.tokenizer().decode(all, false);
          return JsonNodeFactory.instance.objectNode().put("prompt", text);
        });
  }

  private void answer(RoutingContext routing, long size, Supplier<ObjectNode> work) {
    String client = Clients.of(routing.request());
    AdmissionGate.Permit permit = gate.admit(client, 1);
    Context context = vertx.getOrCreateContext();
    try {
      preparations.add(
          new Origin(client, routing),
          size,
          () -> {
            ObjectNode answer = work.get();
            permit.release();
            context.runOnContext(now -> Replies.json(routing.response(), 200, answer));
          },
          failure -> {
            permit.release();
            ApiError error = Routes.error(failure);
            context.runOnContext(now -> Replies.error(routing.response(), error));
          });
    } catch (ApiException e) {
      permit.release();
      throw e;
    }
  }
}
