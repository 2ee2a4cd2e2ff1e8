package dev.reticent.data;

/**
 * The names of a row's fields.
 *
 * @param messages a list of objects with {@code role} and {@code content}
 * @param question what is asked, where there are no messages
 * @param answer what is answered
 * @param text the text of a {@link SampleType#PRETRAIN} row
 */
public record FieldNames(String messages, String question, String answer, String text) {
  /** {@code messages}, {@code question}, {@code answer} and {@code text}. */
  public static final FieldNames DEFAULT = new FieldNames("messages", "question", "answer", "text");

  public FieldNames withQuestionAndAnswer(String question, String answer) {
    return new FieldNames(messages, question, answer, text);
  }

  public FieldNames withText(String text) {
    return new FieldNames(messages, question, answer, text);
  }

  public FieldNames withMessages(String messages) {
    return new FieldNames(messages, question, answer, text);
  }
}
