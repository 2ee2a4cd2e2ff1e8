package dev.reticent.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code prompt} and {@code messages} in all their forms. */
final class PromptReader {
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");
  static final int MOST_MESSAGES = 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RequestFields fields;
  private final int vocabularySize;
  private final boolean tools;

  /**
   * @param tools whether the model's template knows calls of tools and what came of them
   */
  PromptReader(RequestFields fields, int vocabularySize, boolean tools) {
    this.tools = tools;
    this.fields = fields;
    this.vocabularySize = vocabularySize;
  }

  /** A text, texts, ids, or lists of ids. */
  List<Prompt> prompt() {
    Optional<JsonNode> given = fields.given("prompt");
    if (given.isEmpty()) {
      fields.wrong("prompt", "missing; give a text, a list of texts, or token ids.");
      return List.of();
    }
    JsonNode value = given.get();
    List<Prompt> prompts = new ArrayList<>();
    if (value.isArray() && !value.isEmpty() && !value.get(0).isNumber()) {
      if (value.size() > RequestReader.MOST_PROMPTS) {
        fields.wrong(
            "prompt",
            "found %d prompts, expected at most %d."
                .formatted(value.size(), RequestReader.MOST_PROMPTS));
        return List.of();
      }
      for (int i = 0; i < value.size(); i++) {
        one("prompt[" + i + "]", value.get(i)).ifPresent(prompts::add);
      }
    } else {
      one("prompt", value).ifPresent(prompts::add);
    }
    return prompts;
  }

  private Optional<Prompt> one(String name, JsonNode value) {
    if (value.isTextual()) {
      if (!Texts.isWhole(value.textValue())) {
        fields.wrong(name, "holds half of a surrogate pair: give whole characters.");
        return Optional.empty();
      }
      return Optional.of(new Prompt.Text(value.textValue()));
    }
    if (!value.isArray() || value.isEmpty()) {
      fields.mistyped(name, value, "a text or a list of token ids that is not empty");
      return Optional.empty();
    }
    List<Integer> ids = new ArrayList<>(value.size());
    for (JsonNode element : value) {
      OptionalInt id = RequestFields.whole(element, 0, vocabularySize - 1);
      if (id.isEmpty()) {
        fields.wrong(name, "expected token ids from 0 to " + (vocabularySize - 1) + ".");
        return Optional.empty();
      }
      ids.add(id.getAsInt());
    }
    return Optional.of(new Prompt.Ids(ids));
  }

  /** A conversation. */
  List<Prompt> messages() {
    Optional<JsonNode> given = fields.given("messages");
    if (given.isEmpty() || !given.get().isArray() || given.get().isEmpty()) {
      fields.wrong("messages", "expected a list of messages that is not empty.");
      return List.of();
    }
    if (given.get().size() > MOST_MESSAGES) {
      fields.wrong(
          "messages",
          "found %d, expected at most %d.".formatted(given.get().size(), MOST_MESSAGES));
      return List.of();
    }
    List<Message> messages = new ArrayList<>();
    for (RequestFields message : fields.objects("messages", given.get())) {
      String role = message.text("role", "");
      if (!ROLES.contains(role)) {
        message.unsupported("role", "is none of system, developer, user, assistant and tool.");
      } else if (role.equals("tool") && !tools) {
        message.unsupported("role", "tool is not supported: this model's template has no tools.");
      }
      Map<String, Object> more = new LinkedHashMap<>();
      if (role.equals("assistant") && tools) {
        calls(message).ifPresent(calls -> more.put("tool_calls", calls));
      } else if (role.equals("tool") && tools) {
        String call = message.text("tool_call_id", "");
        if (call.isEmpty()) {
          message.wrong("tool_call_id", "missing; name the call that this is the result of.");
        }
        more.put("tool_call_id", call);
        more.put("name", message.text("name", ""));
      }
      String said =
          more.containsKey("tool_calls") && message.given("content").isEmpty()
              ? ""
              : content(message, "content", Set.of("text"));
      messages.add(new Message(role.equals("developer") ? "system" : role, said, more));
      for (String name : message.unknown()) {
        // Names, refusals, sounds: templates would need them, and none is passed on.
        if (message.given(name).filter(v -> !v.isEmpty() || v.isValueNode()).isPresent()) {
          message.unsupported(name.matches("\\w{1,64}") ? name : "?", "is not supported.");
        }
      }
    }
    return List.of(new Prompt.Conversation(messages));
  }

  /** Calls that an earlier answer made; their arguments as what they say, as templates want it. */
  private static Optional<List<Map<String, Object>>> calls(RequestFields message) {
    Optional<JsonNode> given = message.given("tool_calls").filter(calls -> !calls.isEmpty());
    if (given.isEmpty()) {
      return Optional.empty();
    }
    List<Map<String, Object>> calls = new ArrayList<>();
    for (RequestFields call : message.objects("tool_calls", given.get())) {
      Optional<RequestFields> function = call.object("function");
      String name = function.map(f -> f.text("name", "")).orElse("");
      String arguments = function.map(f -> f.text("arguments", "{}")).orElse("");
      try {
        Object read = JSON.readValue(arguments, Object.class);
        calls.add(
            Map.of(
                "id", call.text("id", ""),
                "type", "function",
                "function", Map.of("name", name, "arguments", read)));
      } catch (JsonProcessingException e) {
        call.wrong("function.arguments", "expected JSON in a text.");
      }
    }
    return Optional.of(calls);
  }

  /**
   * A text, or parts that are texts.
   *
   * @param name the field that holds it
   * @param types what parts may be
   */
  static String content(RequestFields message, String name, Set<String> types) {
    Optional<JsonNode> content = message.given(name);
    if (content.isPresent() && content.get().isArray()) {
      StringBuilder text = new StringBuilder();
      for (RequestFields part : message.objects(name, content.get())) {
        if (!types.contains(part.text("type", ""))) {
          part.unsupported("type", "other than text is not supported.");
        }
        text.append(part.text("text", ""));
      }
      return whole(message, name, text.toString());
    }
    if (content.isEmpty() || !content.get().isTextual()) {
      message.wrong(name, "expected a text or a list of parts that are texts.");
      return "";
    }
    return whole(message, name, content.get().textValue());
  }

  private static String whole(RequestFields message, String name, String text) {
    if (!Texts.isWhole(text)) {
      message.wrong(name, "holds half of a surrogate pair: give whole characters.");
      return "";
    }
    return text;
  }
}
