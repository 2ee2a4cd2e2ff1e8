package dev.reticent.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.text.jinja.JinjaTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The Jinja template with which a model turns a conversation into one text.
 *
 * <p>Rendered as by {@code apply_chat_template} of Hugging Face transformers, by an interpreter
 * with Python's semantics: what it renders is equal, and what it does not know it refuses with the
 * construct and the line. The content of a message is never read as a template, and its text is
 * never changed but by the template. The result already holds the special tokens: encode it without
 * adding any.
 */
@Internal
public final class ChatTemplate {
  private static final List<String> SPECIAL_TOKENS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");
  private static final List<String> REASONING =
      List.of("reasoning_content", "thinking", "reasoning");

  /** A variable that is there and null. */
  private static final Object NULL = JinjaTemplate.NONE;

  private final TemplateText plain;
  private final Optional<TemplateText> forTools;
  private final Map<String, Object> tokens;
  private final Clock clock;

  private ChatTemplate(
      TemplateText plain,
      Optional<TemplateText> forTools,
      Map<String, Object> tokens,
      Clock clock) {
    this.plain = plain;
    this.forTools = forTools;
    this.tokens = tokens;
    this.clock = clock;
  }

  /**
   * Reads the template of a model folder: {@code chat_template.jinja} or the {@code chat_template}
   * of {@code tokenizer_config.json}, where the one named {@code default} is taken from a list, and
   * the one named {@code tool_use} where there are tools.
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

  /** Reads as {@link #read} does; empty if the folder has no template. */
  public static Optional<ChatTemplate> find(Path modelFolder) {
    ModelFolder folder = new ModelFolder(modelFolder);
    Map<String, Object> tokens = new HashMap<>();
    for (String key : SPECIAL_TOKENS) {
      folder.specialToken(key).ifPresent(text -> tokens.put(key, text));
    }
    Path file = modelFolder.resolve("chat_template.jinja");
    if (Files.isRegularFile(file)) {
      try {
        TemplateText text = new TemplateText(file.toString(), Files.readString(file));
        return Optional.of(of(text, Optional.empty(), tokens));
      } catch (IOException e) {
        throw new UserInputException(file + ": cannot be read as UTF-8: " + e.getMessage(), e);
      }
    }
    String origin = modelFolder.resolve("tokenizer_config.json") + ", chat_template";
    JsonNode node = folder.json("tokenizer_config.json").path("chat_template");
    if (node.isArray()) {
      Optional<TemplateText> plain = named(origin, node, "default");
      if (plain.isEmpty()) {
        throw new UserInputException(origin + ": a list without an entry named \"default\".");
      }
      return Optional.of(of(plain.get(), named(origin, node, "tool_use"), tokens));
    }
    return node.isTextual()
        ? Optional.of(of(new TemplateText(origin, node.textValue()), Optional.empty(), tokens))
        : Optional.empty();
  }

  private static Optional<TemplateText> named(String origin, JsonNode list, String name) {
    for (JsonNode entry : list) {
      if (entry.path("name").asText().equals(name)) {
        return Optional.of(new TemplateText(origin, entry.path("template").asText()));
      }
    }
    return Optional.empty();
  }

  private static ChatTemplate of(
      TemplateText plain, Optional<TemplateText> forTools, Map<String, Object> tokens) {
    return new ChatTemplate(plain, forTools, tokens, Clock.system(ZoneId.systemDefault()));
  }

  /** A template given as text, with the texts of the tokens it may name. */
  public static ChatTemplate of(String source, String bosToken, String eosToken) {
    return of(
        new TemplateText("chat template", source),
        Optional.empty(),
        Map.of("bos_token", bosToken, "eos_token", eosToken));
  }

  /** This template on another clock, for templates that state the date. */
  ChatTemplate at(Clock other) {
    return new ChatTemplate(plain, forTools, tokens, other);
  }

  /** Whether the template's own text holds another. */
  public boolean mentions(String text) {
    return plain.mentions(text) || forTools.filter(t -> t.mentions(text)).isPresent();
  }

  private static Map<String, Object> values(Message message) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("role", message.role());
    values.put("content", message.content());
    values.putAll(message.more());
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
   * The conversation as text, with tools that the model may call.
   *
   * @param tools each as OpenAI's API has it: texts, numbers, lists and maps
   */
  public String render(
      List<Message> messages, List<Map<String, Object>> tools, boolean addGenerationPrompt) {
    return render(
        messages.stream().map(ChatTemplate::values).toList(),
        tools.isEmpty() ? Map.of() : Map.of("tools", tools),
        addGenerationPrompt);
  }

  /**
   * The text of a conversation whose messages have any fields: {@code tool_calls}, content in
   * parts, null.
   *
   * @param messages each with its fields in the order in which a template that prints the message
   *     shows them
   * @param variables what the template may name besides: {@code tools}, {@code documents}, {@code
   *     enable_thinking} and the like; they stand before the special tokens. As in transformers
   *     {@code tools} and {@code documents} are null where they are not given
   * @param addGenerationPrompt whether the text should end where the assistant starts to speak
   * @throws UserInputException if the template refuses the conversation, with the template's words
   */
  public String render(
      List<? extends Map<String, ?>> messages,
      Map<String, ?> variables,
      boolean addGenerationPrompt) {
    Map<String, Object> values = new HashMap<>(tokens);
    values.putAll(variables);
    values.putIfAbsent("tools", NULL);
    values.putIfAbsent("documents", NULL);
    boolean tools = values.get("tools") != NULL;
    values.put("messages", messages.stream().map(ChatTemplate::withReasoning).toList());
    values.put("add_generation_prompt", addGenerationPrompt);
    return (tools ? forTools.orElse(plain) : plain).render(values, clock);
  }

  /** Reasoning is read under two names, whichever it is given under, as in transformers. */
  private static Map<String, Object> withReasoning(Map<String, ?> message) {
    Map<String, Object> copy = new LinkedHashMap<>();
    Optional<Object> reasoning =
        REASONING.stream()
            .map(name -> (Object) message.get(name))
            .filter(Objects::nonNull)
            .findFirst();
    reasoning.ifPresent(text -> copy.put("thinking", text));
    copy.putAll(message);
    reasoning.ifPresent(text -> copy.put("reasoning_content", text));
    return copy;
  }
}
