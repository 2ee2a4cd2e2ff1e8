package dev.reticent.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The messages of a row.
 *
 * @param messages in their order
 * @param unlearnt positions of the assistant's messages whose {@code weight} is 0
 */
record MessageList(List<Message> messages, Set<Integer> unlearnt) {
  /** Who speaks in ShareGPT's conversations. */
  private static final Map<String, String> ROLES =
      Map.of("human", "user", "gpt", "assistant", "chatgpt", "assistant", "model", "assistant");

  /** Fields of a message that tell nothing to a model. */
  private static final Set<String> INERT = Set.of("id", "weight", "timestamp", "created_at");

  /**
   * @param column of the row that holds the list, or the list as a JSON text
   */
  static MessageList read(JsonNode row, String column) throws BadRow {
    JsonNode list = list(row, column);
    if (!list.isArray() || list.isEmpty()) {
      throw new BadRow(
          "\"%s\" must be a list of messages, found %s".formatted(column, Values.kind(list)));
    }
    List<Message> messages = new ArrayList<>();
    Set<Integer> unlearnt = new LinkedHashSet<>();
    for (JsonNode node : list) {
      try {
        Message message = message(node);
        if (weight(node) == 0 && message.role().equals("assistant")) {
          unlearnt.add(messages.size());
        }
        messages.add(message);
      } catch (BadRow e) {
        throw new BadRow(
            "\"%s\", number %d: %s".formatted(column, messages.size() + 1, e.reason()));
      }
    }
    return new MessageList(List.copyOf(messages), Set.copyOf(unlearnt));
  }

  private static JsonNode list(JsonNode row, String column) throws BadRow {
    JsonNode list = row.path(column);
    if (list.isTextual() && list.textValue().stripLeading().startsWith("[")) {
      try {
        return JsonRows.cell(list.textValue());
      } catch (JsonProcessingException e) {
        throw new BadRow("\"%s\" is %s".formatted(column, JsonFault.inAnArray(e)));
      }
    }
    return list.isObject() ? turnedRound(list) : list;
  }

  /**
   * Lists of the messages' parts, as older versions of datasets store them, to a list of messages.
   */
  private static JsonNode turnedRound(JsonNode lists) {
    int size = -1;
    for (JsonNode list : lists) {
      if (!list.isArray() || (size >= 0 && size != list.size())) {
        return lists;
      }
      size = list.size();
    }
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < size; i++) {
      ObjectNode message = messages.addObject();
      for (String field : Values.names(lists)) {
        message.set(field, lists.get(field).get(i));
      }
    }
    return messages;
  }

  private static Message message(JsonNode node) throws BadRow {
    if (!node.isObject()) {
      throw new BadRow("expected an object, found " + Values.kind(node));
    }
    boolean openAi = node.has("role") || node.has("content");
    String speaker = openAi ? "role" : "from";
    String said = openAi ? "content" : "value";
    String role = Values.text(node, speaker);
    for (String field : Values.names(node)) {
      if (!field.equals(speaker)
          && !(openAi && ToolFields.has(role, field))
          && !field.equals(said)
          && !INERT.contains(field)
          && !Values.isNothing(node.get(field))) {
        throw new BadRow(
            "\"%s\" is not used, and leaving it out would change what is learnt; remove it"
                .formatted(field));
      }
    }
    return openAi
        ? new Message(role, content(node, said, role), ToolFields.of(node, role))
        : new Message(ROLES.getOrDefault(role, role), content(node, said, role));
  }

  /**
   * A text, or a list of parts of type text. Only a system message, a tool's result and an answer
   * that calls tools may be empty.
   */
  private static String content(JsonNode message, String field, String role) throws BadRow {
    JsonNode content = message.path(field);
    if (ToolFields.calls(message, role) && Values.isNothing(content)) {
      return "";
    }
    if (!content.isArray()) {
      return role.equals("system") || role.equals("tool")
          ? Values.textOrBlank(message, field)
          : Values.text(message, field);
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("type").asText().equals("text")) {
        throw new BadRow(
            "\"%s\" has a part of type %s; only text can be".formatted(field, part.path("type")));
      }
      text.append(Values.text(part, "text"));
    }
    return text.toString();
  }

  private static int weight(JsonNode message) throws BadRow {
    JsonNode weight = message.path("weight");
    if (Values.isNothing(weight)) {
      return 1;
    }
    double value = weight.isNumber() ? weight.doubleValue() : Double.NaN;
    if (value != 0 && value != 1) {
      throw new BadRow("\"weight\" must be 0 or 1, found " + weight);
    }
    return (int) value;
  }
}
