package dev.reticent.data;

import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.List;

/** A row of a dataset, checked and not yet tokenised. */
public sealed interface Sample {
  /** The unit of privacy that the row belongs to. */
  String unit();

  /** Where the row was: the line of a JSONL file, or the position in a JSON array, from 1. */
  int line();

  /** The row's texts, one after the other; equal for two rows with the same content. */
  List<String> content();

  /** Messages that end with one of the assistant. */
  record Conversation(List<Message> messages, String unit, int line) implements Sample {
    public Conversation {
      messages = List.copyOf(messages);
    }

    @Override
    public List<String> content() {
      List<String> content = new ArrayList<>();
      for (Message message : messages) {
        content.add(message.role());
        content.add(message.content());
      }
      return content;
    }
  }

  /** A text. */
  record PlainText(String text, String unit, int line) implements Sample {
    @Override
    public List<String> content() {
      return List.of(text);
    }
  }
}
