package dev.reticent.text;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a conversation becomes the tokens a model answers to; training and sampling share it.
 *
 * <p>With a chat template: the template's text up to where the assistant speaks. Without one, as
 * for base models: a single question, with a system message before it if there is one, each
 * followed by a line break; the answer follows, and the end-of-sequence token after it.
 */
@Internal
public final class PromptFormat {
  private final Tokenizer tokenizer;
  private final Optional<ChatTemplate> template;

  public PromptFormat(Tokenizer tokenizer, Optional<ChatTemplate> template) {
    this.tokenizer = tokenizer;
    this.template = template;
  }

  /** The tokens of messages, up to where the assistant's answer starts. */
  public int[] prompt(List<Message> messages) {
    return encode(text(messages, true));
  }

  /**
   * The tokens of messages, up to where the assistant's answer starts, with tools that it may call.
   *
   * @throws UserInputException if the template would leave tools, calls or results out
   */
  public int[] prompt(List<Message> messages, List<Map<String, Object>> tools) {
    String text = text(messages, tools, true);
    requireToolsWritten(messages, tools, text, true);
    return encode(text);
  }

  /** Whether texts lack the special tokens, so that encoding adds them: without a template. */
  public boolean plain() {
    return template.isEmpty();
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  public int[] encode(String text) {
    return tokenizer.encode(text, template.isEmpty());
  }

  /** Whether the chat template's own text holds another. */
  public boolean mentions(String text) {
    return template.isPresent() && template.get().mentions(text);
  }

  /** The text of messages up to where the assistant speaks, with tools that it may call. */
  public String text(List<Message> messages, List<Map<String, Object>> tools) {
    return text(messages, tools, true);
  }

  /** The text of messages with tools, with what asks for an answer, or as they are. */
  public String text(
      List<Message> messages, List<Map<String, Object>> tools, boolean addGenerationPrompt) {
    return tools.isEmpty() || template.isEmpty()
        ? text(messages, addGenerationPrompt)
        : template.get().render(messages, tools, addGenerationPrompt);
  }

  /**
   * Refuses a conversation with tools that its text does not hold: a template that knows nothing of
   * them leaves them out without a word.
   *
   * @param text what {@link #text(List, List, boolean)} made of the conversation
   */
  public void requireToolsWritten(
      List<Message> messages,
      List<Map<String, Object>> tools,
      String text,
      boolean addGenerationPrompt) {
    List<Message> bare = messages.stream().map(m -> new Message(m.role(), m.content())).toList();
    boolean called = !bare.equals(messages);
    if (plain() && (called || !tools.isEmpty())) {
      throw new UserInputException(
          "it has tools, and the model has no chat template that could write them.");
    }
    if (called && writes(bare, tools, addGenerationPrompt, text)) {
      throw new UserInputException("the chat template leaves out the tools' calls and results.");
    }
    if (!tools.isEmpty() && writes(messages, List.of(), addGenerationPrompt, text)) {
      throw new UserInputException("the chat template leaves out the row's tools.");
    }
  }

  /** Whether a conversation has this very text; one that the template refuses has none. */
  private boolean writes(
      List<Message> messages,
      List<Map<String, Object>> tools,
      boolean addGenerationPrompt,
      String text) {
    try {
      return text(messages, tools, addGenerationPrompt).equals(text);
    } catch (UserInputException e) {
      return false;
    }
  }

  /** The text of messages, with what asks for an answer, or as they are when complete. */
  public String text(List<Message> messages, boolean addGenerationPrompt) {
    if (template.isPresent()) {
      return template.get().render(messages, addGenerationPrompt);
    }
    StringBuilder text = new StringBuilder();
    long questions = messages.stream().filter(m -> m.role().equals("user")).count();
    if (questions > 1) {
      throw new UserInputException(
          "The model has no chat template, so a conversation may have one question only; this one"
              + " has "
              + questions
              + ". Use an instruction-tuned model, or put a chat_template.jinja into its folder.");
    }
    for (Message message : messages) {
      text.append(message.content());
      text.append(message.role().equals("assistant") ? "" : "\n");
    }
    return text.toString();
  }
}
