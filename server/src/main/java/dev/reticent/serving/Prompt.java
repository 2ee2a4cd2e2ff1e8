package dev.reticent.serving;

import dev.reticent.text.Message;
import java.util.List;

/** What is to be continued or answered. */
sealed interface Prompt {
  /** About how many characters there are to encode. */
  long size();

  /** A text to continue; the model's first token is put before it. */
  record Text(String text) implements Prompt {
    @Override
    public long size() {
      return text.length();
    }
  }

  /** Token ids to continue as they are. */
  record Ids(List<Integer> ids) implements Prompt {
    public Ids {
      ids = List.copyOf(ids);
    }

    @Override
    public long size() {
      return ids.size();
    }

    int[] array() {
      return ids.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** A conversation whose next turn is the assistant's. */
  record Conversation(List<Message> messages, long size) implements Prompt {
    public Conversation {
      messages = List.copyOf(messages);
    }

    /** Measured where it is read, since that may take long. */
    Conversation(List<Message> messages) {
      this(messages, messages.stream().mapToLong(Conversation::size).sum());
    }

    /** Calls and results count too: the template writes them out. */
    private static long size(Message message) {
      return (long) message.content().length() + message.more().toString().length();
    }
  }
}
