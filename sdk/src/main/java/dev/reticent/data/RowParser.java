package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.List;

/** A JSON object to a {@link Sample}; what is wrong with one is the message of the exception. */
record RowParser(SampleType type, Fields fields, PrivacyUnit unit) {

  /** Why one row cannot be used. */
  static final class BadRow extends Exception {
    private static final long serialVersionUID = 1L;

    BadRow(String message) {
      super(message);
    }
  }

  Sample parse(JsonNode row, int line) throws BadRow {
    if (!row.isObject()) {
      throw new BadRow("expected a JSON object, found " + kind(row));
    }
    if (type == SampleType.PRETRAIN) {
      String text = text(row, fields.text());
      return new Sample.PlainText(text, unit(row, List.of(text)), line);
    }
    List<Message> messages =
        row.has(fields.messages()) ? messages(row.get(fields.messages())) : questionAndAnswer(row);
    Sample.Conversation conversation = new Sample.Conversation(messages, "", line);
    return new Sample.Conversation(messages, unit(row, conversation.content()), line);
  }

  private List<Message> questionAndAnswer(JsonNode row) throws BadRow {
    if (!row.has(fields.question()) && !row.has(fields.answer())) {
      throw new BadRow(
          "expected \"%s\", or \"%s\" and \"%s\"; the fields are %s"
              .formatted(fields.messages(), fields.question(), fields.answer(), names(row)));
    }
    return List.of(
        Message.user(text(row, fields.question())), Message.assistant(text(row, fields.answer())));
  }

  private List<Message> messages(JsonNode list) throws BadRow {
    if (!list.isArray() || list.isEmpty()) {
      throw new BadRow(
          "\"%s\" must be a list of messages, found %s".formatted(fields.messages(), kind(list)));
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode node : list) {
      String place = "\"%s\", number %d".formatted(fields.messages(), messages.size() + 1);
      if (!node.isObject()) {
        throw new BadRow(place + ": expected an object, found " + kind(node));
      }
      try {
        messages.add(new Message(text(node, "role"), content(node)));
      } catch (BadRow e) {
        throw new BadRow(place + ": " + e.getMessage());
      }
    }
    String last = messages.get(messages.size() - 1).role();
    if (!last.equals("assistant")) {
      throw new BadRow(
          "the last message must be the assistant's, as there is nothing else to learn from; it is"
              + " of role \""
              + last
              + "\"");
    }
    return messages;
  }

  /** A text, or a list of parts of type text. */
  private static String content(JsonNode message) throws BadRow {
    JsonNode content = message.path("content");
    if (!content.isArray()) {
      return text(message, "content");
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("type").asText().equals("text")) {
        throw new BadRow(
            "\"content\" has a part of type " + part.path("type") + "; only text can be");
      }
      text.append(text(part, "text"));
    }
    return text.toString();
  }

  private static String text(JsonNode row, String field) throws BadRow {
    JsonNode node = row.path(field);
    if (node.isMissingNode()) {
      throw new BadRow("\"%s\" is missing; the fields are %s".formatted(field, names(row)));
    }
    if (!node.isTextual()) {
      throw new BadRow("\"%s\" must be a text, found %s".formatted(field, kind(node)));
    }
    if (node.textValue().isBlank()) {
      throw new BadRow("\"%s\" is empty".formatted(field));
    }
    return node.textValue();
  }

  private String unit(JsonNode row, List<String> content) throws BadRow {
    if (unit instanceof PrivacyUnit.Column column) {
      JsonNode node = row.path(column.name());
      if (node.isIntegralNumber()) {
        return node.asText();
      }
      try {
        return text(row, column.name());
      } catch (BadRow e) {
        throw new BadRow("the privacy unit " + e.getMessage());
      }
    }
    return Keyed.digest(content);
  }

  private static String names(JsonNode row) {
    List<String> names = new ArrayList<>();
    row.fieldNames().forEachRemaining(names::add);
    return names.toString();
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> node.isEmpty() ? "an empty list" : "a list";
      case OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "the number " + node.asText();
      case BOOLEAN -> node.asText();
      case NULL -> "null";
      default -> node.getNodeType().name();
    };
  }
}
