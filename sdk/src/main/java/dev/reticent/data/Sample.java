package dev.reticent.data;

import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A row of a dataset, checked and not yet tokenised. */
public sealed interface Sample {
  /** The unit of privacy that the row belongs to. */
  String unit();

  /** Where the row was: the line of a text file, or the position in another one, from 1. */
  int line();

  /** The row's texts, one after the other; equal for two rows with the same content. */
  List<String> content();

  /**
   * Messages that end with one of the assistant.
   *
   * @param unlearnt positions of the assistant's messages whose loss does not count
   * @param tools that it may call, as OpenAI's API has them
   */
  record Conversation(
      List<Message> messages,
      Set<Integer> unlearnt,
      List<Map<String, Object>> tools,
      String unit,
      int line)
      implements Sample {
    public Conversation {
      messages = List.copyOf(messages);
      unlearnt = Set.copyOf(unlearnt);
      tools = List.copyOf(tools);
    }

    public Conversation(List<Message> messages, Set<Integer> unlearnt, String unit, int line) {
      this(messages, unlearnt, List.of(), unit, line);
    }

    public Conversation(List<Message> messages, String unit, int line) {
      this(messages, Set.of(), unit, line);
    }

    /** This conversation as one of this unit. */
    Conversation of(String unit) {
      return new Conversation(messages, unlearnt, tools, unit, line);
    }

    @Override
    public List<String> content() {
      List<String> content = new ArrayList<>();
      for (int i = 0; i < messages.size(); i++) {
        content.add(messages.get(i).role());
        content.add(messages.get(i).content());
        if (!messages.get(i).more().isEmpty()) {
          content.add(messages.get(i).more().toString());
        }
        if (unlearnt.contains(i)) {
          content.add("weight 0");
        }
      }
      tools.forEach(tool -> content.add(tool.toString()));
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
