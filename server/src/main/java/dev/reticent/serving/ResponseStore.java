package dev.reticent.serving;

import dev.reticent.text.Message;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Conversations that a later request may go on with by the id of their last response. They are in
 * memory alone; the oldest are forgotten when there are too many or they are too long together.
 * Thread-safe.
 */
final class ResponseStore {
  private final int most;
  private final long mostCharacters;
  private final Map<String, List<Message>> kept = new LinkedHashMap<>(); // the oldest first
  private long characters;

  /**
   * @param most conversations; 0 keeps none
   * @param mostCharacters of all of them together
   */
  ResponseStore(int most, long mostCharacters) {
    this.most = most;
    this.mostCharacters = mostCharacters;
  }

  /** One whose texts take an eighth of the heap at most. */
  static ResponseStore ofHeap(int most) {
    return new ResponseStore(most, Runtime.getRuntime().maxMemory() / 16); // two bytes a character
  }

  boolean keeps() {
    return most > 0;
  }

  synchronized Optional<List<Message>> find(String id) {
    return Optional.ofNullable(kept.get(id));
  }

  /** Keeps a conversation up to its last answer. */
  synchronized void keep(String id, List<Message> conversation) {
    kept.put(id, conversation);
    characters += size(conversation);
    Iterator<List<Message>> oldest = kept.values().iterator();
    while (oldest.hasNext() && (kept.size() > most || characters > mostCharacters)) {
      characters -= size(oldest.next());
      oldest.remove();
    }
  }

  private static long size(List<Message> conversation) {
    return conversation.stream()
        .mapToLong(message -> message.content().length() + message.more().toString().length())
        .sum();
  }
}
