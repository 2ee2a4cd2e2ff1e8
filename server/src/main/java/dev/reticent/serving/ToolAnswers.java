package dev.reticent.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the calls of an answer. */
final class ToolAnswers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  /** Mistral's templates take ids of nine letters and digits only, and the others any. */
  private static final int ID_LETTERS = 9;

  private final Tools tools;
  private final TokenTexts texts;

  ToolAnswers(Tools tools, TokenTexts texts) {
    this.tools = tools;
    this.texts = texts;
  }

  /**
   * An answer that calls.
   *
   * @param text what it says before the calls
   * @param calls in OpenAI's shape
   */
  record Called(String text, ArrayNode calls) {

    /** The calls as chat templates read them: arguments as what they say. */
    List<Map<String, Object>> forTemplates() {
      List<Map<String, Object>> read = new ArrayList<>();
      for (JsonNode call : calls) {
        JsonNode function = call.get("function");
        read.add(
            ResponseReader.call(
                call.get("id").asText(),
                function.get("name").asText(),
                value(function.get("arguments").asText())));
      }
      return List.copyOf(read);
    }

    private static Object value(String json) {
      try {
        return JSON.readValue(json, Object.class);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the arguments were written as JSON", e);
      }
    }
  }

  /** The calls; empty where the answer is a text. */
  Optional<Called> of(Generation generation) {
    if (tools.syntax().isEmpty() || !tools.callable()) {
      return Optional.empty();
    }
    ToolSyntax syntax = tools.syntax().get();
    ToolTrigger trigger = new ToolTrigger(syntax, texts, tools.forced());
    ByteArrayOutputStream before = new ByteArrayOutputStream();
    ByteArrayOutputStream call = new ByteArrayOutputStream();
    for (GeneratedToken token : generation.tokens()) {
      boolean begun = trigger.begun();
      boolean within = trigger.hears(token.id());
      if (texts.shows(token.id())) {
        (begun || within ? call : before).writeBytes(texts.bytes(token.id()));
      }
    }
    if (!trigger.begun()) {
      return Optional.empty();
    }
    String text = before.toString(StandardCharsets.UTF_8);
    boolean shown = text.endsWith(syntax.begin());
    String said = shown ? text.substring(0, text.length() - syntax.begin().length()) : text;
    return read(syntax, call.toString(StandardCharsets.UTF_8))
        .map(calls -> new Called(said.strip(), calls));
  }

  private static Optional<ArrayNode> read(ToolSyntax syntax, String json) {
    try {
      JsonNode value = JSON.readTree(json);
      List<JsonNode> all = new ArrayList<>();
      (value.isArray() ? value : List.of(value)).forEach(all::add);
      ArrayNode calls = JsonNodeFactory.instance.arrayNode();
      for (JsonNode one : all) {
        if (!one.path("name").isTextual() || !one.path(syntax.arguments()).isObject()) {
          return Optional.empty();
        }
        ObjectNode call = calls.addObject().put("id", id()).put("type", "function");
        call.putObject("function")
            .put("name", one.get("name").textValue())
            .put("arguments", one.get(syntax.arguments()).toString());
      }
      return calls.isEmpty() ? Optional.empty() : Optional.of(calls);
    } catch (JsonProcessingException e) {
      return Optional.empty(); // a stop string cut it: it stays a text
    }
  }

  private static String id() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < ID_LETTERS; i++) {
      id.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    return id.toString();
  }
}
