package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Values of a row, as text and in words. */
final class Values {
  private Values() {}

  /** A text that is not blank; a number or a truth value is the text it is written as. */
  static String text(JsonNode row, String field) throws BadRow {
    String text = textOrBlank(row, field);
    if (text.isBlank()) {
      throw new BadRow("\"%s\" is empty".formatted(field));
    }
    return text;
  }

  static String textOrBlank(JsonNode row, String field) throws BadRow {
    JsonNode node = row.path(field);
    if (node.isMissingNode()) {
      throw new BadRow("\"%s\" is missing; the columns are %s".formatted(field, names(row)));
    }
    if (!node.isTextual() && !node.isNumber() && !node.isBoolean()) {
      throw new BadRow("\"%s\" must be a text, found %s".formatted(field, kind(node)));
    }
    return whole(node.asText(), field);
  }

  /** The text, unless it holds half a character. */
  static String whole(String text, String field) throws BadRow {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new BadRow(
            "\"%s\" has half of a surrogate pair (\\u%04x) at character %d, which is no text"
                .formatted(field, (int) c, i + 1));
      }
    }
    return text;
  }

  /** Whether there is nothing in it: no such column, null, blank, or an empty list or object. */
  static boolean isNothing(JsonNode node) {
    return node.isMissingNode()
        || node.isNull()
        || (node.isTextual() && node.textValue().isBlank())
        || (node.isContainerNode() && node.isEmpty());
  }

  static List<String> names(JsonNode row) {
    List<String> names = new ArrayList<>();
    row.fieldNames().forEachRemaining(names::add);
    return names;
  }

  static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> node.isEmpty() ? "an empty list" : "a list";
      case OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "the number " + node.asText();
      case BOOLEAN -> node.asText();
      case NULL -> "null";
      case MISSING -> "nothing";
      default -> node.getNodeType().name();
    };
  }
}
