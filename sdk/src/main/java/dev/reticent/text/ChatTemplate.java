package dev.reticent.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Jinja template with which a model turns a conversation into one text.
 *
 * <p>Rendered as by {@code apply_chat_template} of Hugging Face transformers without tools: blocks
 * are trimmed, {@code raise_exception} and {@code strftime_now} exist, and the content of a message
 * is never read as a template. The text already holds the special tokens: encode it without adding
 * any.
 */
public final class ChatTemplate {
  private final String origin;
  private final String source;
  private final Map<String, Object> tokens;
  private final Clock clock;

  private ChatTemplate(String origin, String source, Map<String, Object> tokens, Clock clock) {
    this.origin = origin;
    this.source = Jinja.adapt(source);
    this.tokens = tokens;
    this.clock = clock;
  }

  /**
   * Reads the template of a model folder: {@code chat_template.jinja} or the {@code chat_template}
   * of {@code tokenizer_config.json}, where the one named {@code default} is taken from a list.
   *
   * @throws UserInputException if the folder has no template, as base models have none
   */
  public static ChatTemplate read(Path modelFolder) {
    return find(modelFolder)
        .orElseThrow(
            () ->
                new UserInputException(
                    modelFolder
                        + " has no chat template: neither chat_template.jinja nor chat_template in"
                        + " tokenizer_config.json. Use an instruction-tuned model, or put a"
                        + " chat_template.jinja into the folder."));
  }

  /** As {@link #read}, but empty if the folder has no template. */
  public static Optional<ChatTemplate> find(Path modelFolder) {
    ModelFolder folder = new ModelFolder(modelFolder);
    JsonNode config = folder.json("tokenizer_config.json");
    Path file = modelFolder.resolve("chat_template.jinja");
    if (Files.isRegularFile(file)) {
      try {
        return Optional.of(of(file.toString(), Files.readString(file), config));
      } catch (IOException e) {
        throw new UserInputException(file + ": cannot be read as UTF-8: " + e.getMessage(), e);
      }
    }
    String origin = modelFolder.resolve("tokenizer_config.json") + ", chat_template";
    JsonNode node = config.path("chat_template");
    if (node.isArray()) {
      for (JsonNode named : node) {
        if (named.path("name").asText().equals("default")) {
          node = named.path("template");
        }
      }
      if (node.isArray()) {
        throw new UserInputException(origin + ": a list without an entry named \"default\".");
      }
    }
    return node.isTextual() ? Optional.of(of(origin, node.textValue(), config)) : Optional.empty();
  }

  private static ChatTemplate of(String origin, String source, JsonNode config) {
    Map<String, Object> tokens = new HashMap<>();
    for (String key : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
      ModelFolder.token(config, key).ifPresent(text -> tokens.put(key, text));
    }
    return new ChatTemplate(origin, source, tokens, Clock.system(ZoneId.systemDefault()));
  }

  /** A template given as text, with the texts of the tokens it may name. */
  public static ChatTemplate of(String source, String bosToken, String eosToken) {
    return new ChatTemplate(
        "chat template",
        source,
        Map.of("bos_token", bosToken, "eos_token", eosToken),
        Clock.system(ZoneId.systemDefault()));
  }

  /** The same template on another clock, for templates that state the date. */
  ChatTemplate at(Clock clock) {
    return new ChatTemplate(origin, source, tokens, clock);
  }

  /** Whether the template's own text holds another. */
  public boolean mentions(String text) {
    return source.contains(text);
  }

  private static Map<String, Object> values(Message message) {
    Map<String, Object> values = new LinkedHashMap<>(message.more());
    values.put("role", message.role());
    values.put("content", message.content());
    return values;
  }

  /**
   * The text of a conversation.
   *
   * @param addGenerationPrompt whether the text should end where the assistant starts to speak
   * @throws UserInputException if the template refuses the conversation, with the template's words
   */
  public String render(List<Message> messages, boolean addGenerationPrompt) {
    return render(messages, List.of(), addGenerationPrompt);
  }

  /**
   * The same with tools that the model may call.
   *
   * @param tools each as OpenAI's API has it: texts, numbers, lists and maps
   */
  public String render(
      List<Message> messages, List<Map<String, Object>> tools, boolean addGenerationPrompt) {
    Map<String, Object> values = new HashMap<>(tokens);
    values.put("messages", messages.stream().map(ChatTemplate::values).toList());
    if (!tools.isEmpty()) {
      values.put("tools", tools);
    }
    values.put("add_generation_prompt", addGenerationPrompt);
    return Jinja.render(origin, source, values, clock);
  }
}
