package dev.reticent.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code input} of responses: a text, or messages, calls and what came of them. */
final class InputReader {
  private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");
  private static final Set<String> TEXTS = Set.of("input_text", "output_text", "text");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RequestFields fields;
  private final boolean tools;
  private final List<Message> messages = new ArrayList<>();

  /**
   * @param tools whether the model's template knows calls of tools and what came of them
   */
  InputReader(RequestFields fields, boolean tools) {
    this.fields = fields;
    this.tools = tools;
  }

  /** The messages, as chat templates know them: calls that follow each other are one turn. */
  List<Message> messages() {
    Optional<JsonNode> input = fields.given("input");
    if (input.isPresent() && input.get().isTextual()) {
      String text = input.get().textValue();
      if (!Texts.isWhole(text)) {
        fields.wrong("input", "holds half of a surrogate pair: give whole characters.");
      }
      return List.of(Message.user(text));
    }
    boolean list = input.isPresent() && input.get().isArray() && !input.get().isEmpty();
    if (!list || input.get().size() > PromptReader.MOST_MESSAGES) {
      fields.wrong(
          "input",
          "expected a text or a list of 1 to %d items.".formatted(PromptReader.MOST_MESSAGES));
      return List.of();
    }
    fields.objects("input", input.get()).forEach(this::item);
    return List.copyOf(messages);
  }

  private void item(RequestFields item) {
    switch (item.text("type", "message")) {
      case "message" -> message(item);
      case "function_call" -> call(item);
      case "function_call_output" -> result(item);
      default ->
          item.unsupported("type", "is none of message, function_call and function_call_output.");
    }
  }

  private void message(RequestFields item) {
    String role = item.text("role", "");
    if (!ROLES.contains(role)) {
      item.unsupported("role", "is none of system, developer, user and assistant.");
    }
    String said = PromptReader.content(item, "content", TEXTS);
    messages.add(new Message(role.equals("developer") ? "system" : role, said));
  }

  private void call(RequestFields item) {
    needTools(item);
    String id = item.text("call_id", "");
    String name = item.text("name", "");
    try {
      add(
          ResponseReader.call(
              id, name, JSON.readValue(item.text("arguments", "{}"), Object.class)));
    } catch (JsonProcessingException e) {
      item.wrong("arguments", "expected JSON in a text.");
    }
  }

  private void add(Map<String, Object> call) {
    Message last = messages.isEmpty() ? Message.user("") : messages.get(messages.size() - 1);
    List<Object> calls = new ArrayList<>();
    String said = "";
    if (last.role().equals("assistant")) {
      messages.remove(messages.size() - 1);
      said = last.content();
      calls.addAll((List<?>) last.more().getOrDefault("tool_calls", List.of()));
    }
    calls.add(call);
    messages.add(new Message("assistant", said, Map.of("tool_calls", List.copyOf(calls))));
  }

  private void result(RequestFields item) {
    needTools(item);
    String id = item.text("call_id", "");
    if (id.isEmpty()) {
      item.wrong("call_id", "missing; name the call that this is the result of.");
    }
    String said = PromptReader.content(item, "output", TEXTS);
    messages.add(new Message("tool", said, Map.of("tool_call_id", id, "name", "")));
  }

  private void needTools(RequestFields item) {
    if (!tools) {
      item.unsupported("type", "is not supported: this model's template has no tools.");
    }
  }
}
