package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** {@code /tokenize} and {@code /detokenize}, in vLLM's shapes. */
final class TokenRoutes {
  private final AdmissionGate gate;

  TokenRoutes(AdmissionGate gate) {
    this.gate = gate;
  }

  /** The ids of a text, or of a conversation up to where the assistant speaks. */
  void tokenize(RoutingContext routing, Calls calls, JsonNode body) {
    RequestFields fields = new RequestFields(body);
    fields.text("model", "");
    boolean special = fields.flag("add_special_tokens", true);
    boolean chat = fields.given("messages").isPresent();
    ServedModels models = calls.models();
    PromptReader reader =
        new PromptReader(fields, models.vocabularySize(), calls.syntax().isPresent());
    List<Prompt> prompts = chat ? reader.messages() : reader.prompt();
    if (prompts.size() != 1 || prompts.get(0) instanceof Prompt.Ids) {
      fields.wrong("prompt", "expected one text.");
    }
    RequestReader.check(fields);
    Prompt prompt = prompts.get(0);
    answer(
        routing,
        calls,
        prompt.size(),
        () -> {
          int[] ids = calls.prompts().ids(prompt, special);
          ObjectNode answer = JsonNodeFactory.instance.objectNode().put("count", ids.length);
          answer.put("max_model_len", models.contextTokens());
          for (int id : ids) {
            answer.withArray("tokens").add(id);
          }
          return answer;
        });
  }

  /** The text of ids. */
  void detokenize(RoutingContext routing, Calls calls, JsonNode body) {
    RequestFields fields = new RequestFields(body);
    fields.text("model", "");
    List<Integer> ids = new ArrayList<>();
    int most = calls.models().vocabularySize() - 1;
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
        calls,
        ids.size(),
        () -> {
          int[] all = ids.stream().mapToInt(Integer::intValue).toArray();
          String text = calls.models().tokenizer().decode(all, false);
          return JsonNodeFactory.instance.objectNode().put("prompt", text);
        });
  }

  private void answer(RoutingContext routing, Calls calls, long size, Supplier<ObjectNode> work) {
    AdmissionGate.Permit permit = gate.admit(1);
    Context context = calls.vertx().getOrCreateContext();
    try {
      calls.preparations().add(size, () -> run(routing, context, permit, work));
    } catch (ApiException e) {
      permit.release();
      throw e;
    }
  }

  private static void run(
      RoutingContext routing,
      Context context,
      AdmissionGate.Permit permit,
      Supplier<ObjectNode> work) {
    try {
      ObjectNode answer = work.get();
      context.runOnContext(now -> Replies.json(routing.response(), 200, answer));
    } catch (RuntimeException e) {
      context.runOnContext(now -> Replies.error(routing.response(), Routes.error(e)));
    } finally {
      permit.release();
    }
  }
}
