package dev.reticent.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a row's columns mean: a list of messages, or a question in one or two columns with its
 * answer in another. A system message may stand in a column of its own, whatever the layout.
 */
public enum RowLayout {
  /** Messages with {@code role} and {@code content}, as OpenAI writes them. */
  MESSAGES("messages"),
  /** Messages with {@code from} and {@code value}. */
  SHAREGPT("conversations"),
  /** Stanford Alpaca: the input, if there is one, follows the instruction after a blank line. */
  ALPACA("instruction", "input", "output"),
  /** Databricks Dolly: the context, if there is one, follows the instruction. */
  DOLLY("instruction", "context", "response"),
  /** What Databricks' fine-tuning takes. */
  PROMPT_RESPONSE("prompt", "", "response"),
  /** What OpenAI's older fine-tuning took. */
  PROMPT_COMPLETION("prompt", "", "completion"),
  QUESTION_ANSWER("question", "", "answer"),
  /** OpenOrca and its kin. */
  QUESTION_RESPONSE("question", "", "response"),
  /** A text to go on from, for {@link SampleType#PRETRAIN}. */
  TEXT("text");

  /** Columns that may hold a system message beside any of the layouts. */
  static final List<String> SYSTEM = List.of("system", "system_prompt", "system_message");

  /**
   * Columns whose text a model would be expected to have seen. A row in which one of them holds
   * something that its layout does not use is refused.
   */
  static final List<String> TELLING =
      List.of(
          "messages",
          "conversations",
          "instruction",
          "input",
          "context",
          "prompt",
          "question",
          "query",
          "output",
          "response",
          "answer",
          "completion",
          "history",
          "documents",
          "passage",
          "system",
          "system_prompt",
          "system_message",
          "tools",
          "functions");

  private final String asked;
  private final String with;
  private final String answered;

  RowLayout(String only) {
    this(only, "", "");
  }

  RowLayout(String asked, String with, String answered) {
    this.asked = asked;
    this.with = with;
    this.answered = answered;
  }

  /**
   * The columns of a layout.
   *
   * @param asked the messages, the text, or what is asked
   * @param with what may go with the question; empty for none
   * @param answered the answer; empty where the messages hold it
   */
  record Columns(String asked, String with, String answered) {
    List<String> required() {
      return answered.isEmpty() ? List.of(asked) : List.of(asked, answered);
    }

    List<String> all() {
      List<String> all = new ArrayList<>(required());
      if (!with.isEmpty()) {
        all.add(1, with);
      }
      return all;
    }
  }

  Columns columns(FieldNames fields) {
    return switch (this) {
      case MESSAGES -> new Columns(fields.messages(), "", "");
      case QUESTION_ANSWER -> new Columns(fields.question(), "", fields.answer());
      case TEXT -> new Columns(fields.text(), "", "");
      default -> new Columns(asked, with, answered);
    };
  }

  boolean isListOfMessages() {
    return this == MESSAGES || this == SHAREGPT;
  }

  /** The name, as in a config. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
