package dev.reticent.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One turn of a conversation.
 *
 * @param role who speaks: {@code system}, {@code user} or {@code assistant}; what a model accepts
 *     is up to its chat template
 * @param content what is said
 * @param more what else a template may look at, such as {@code tool_calls}: texts, numbers, lists
 *     and maps
 */
public record Message(String role, String content, Map<String, Object> more) {
  public Message {
    more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
  }

  public Message(String role, String content) {
    this(role, content, Map.of());
  }

  public static Message system(String content) {
    return new Message("system", content);
  }

  public static Message user(String content) {
    return new Message("user", content);
  }

  public static Message assistant(String content) {
    return new Message("assistant", content);
  }
}
