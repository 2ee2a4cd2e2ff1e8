package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.text.Message;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A row to a {@link Sample}; what is wrong with one is the message of the exception.
 *
 * <p>Every column is used, told as left out, or a reason to refuse the row: what a reader of the
 * row would take for a part of the conversation is never dropped.
 */
final class RowParser {
  private final ReadOptions options;
  private final LayoutFinder finder;
  private final Map<RowLayout, Integer> layouts = new EnumMap<>(RowLayout.class);
  private final Set<String> leftOut = new TreeSet<>();

  RowParser(ReadOptions options) {
    this.options = options;
    this.finder = new LayoutFinder(options);
  }

  /** How many rows had which layout. */
  Map<RowLayout, Integer> layouts() {
    return layouts;
  }

  /** Columns of rows that were used, which hold something and were not used. */
  Set<String> leftOut() {
    return leftOut;
  }

  Sample parse(JsonNode row, int line) throws BadRow {
    if (!row.isObject()) {
      throw new BadRow("expected an object, found " + Values.kind(row));
    }
    RowLayout layout = finder.of(row);
    RowLayout.Columns columns = layout.columns(options.fields());
    Sample sample =
        layout == RowLayout.TEXT
            ? text(row, columns, line)
            : conversation(row, layout, columns, line);
    Set<String> unused = unused(row, layout, columns);
    if (layout != RowLayout.TEXT) {
      refuseTelling(row, unused, sample.content());
    }
    leftOut.addAll(unused);
    layouts.merge(layout, 1, Integer::sum);
    return sample;
  }

  private Sample text(JsonNode row, RowLayout.Columns columns, int line) throws BadRow {
    String text = Values.text(row, columns.asked());
    return new Sample.PlainText(text, unit(row, List.of(text)), line);
  }

  private Sample conversation(JsonNode row, RowLayout layout, RowLayout.Columns columns, int line)
      throws BadRow {
    MessageList said =
        layout.isListOfMessages()
            ? MessageList.read(row, columns.asked())
            : new MessageList(
                List.of(
                    Message.user(question(row, columns)),
                    Message.assistant(Values.text(row, columns.answered()))),
                Set.of());
    said = withSystem(row, said);
    requireSomethingToLearn(said);
    List<Map<String, Object>> tools = layout.isListOfMessages() ? ToolFields.tools(row) : List.of();
    Sample.Conversation conversation =
        new Sample.Conversation(said.messages(), said.unlearnt(), tools, "", line);
    return conversation.of(unit(row, conversation.content()));
  }

  private static String question(JsonNode row, RowLayout.Columns columns) throws BadRow {
    String question = Values.text(row, columns.asked());
    return columns.with().isEmpty() || Values.isNothing(row.path(columns.with()))
        ? question
        : question + "\n\n" + Values.text(row, columns.with());
  }

  private MessageList withSystem(JsonNode row, MessageList said) throws BadRow {
    List<String> given =
        RowLayout.SYSTEM.stream()
            .filter(column -> !options.ignored().contains(column) && !isUnit(column))
            .filter(column -> !Values.isNothing(row.path(column)))
            .toList();
    if (given.isEmpty()) {
      return said;
    }
    if (given.size() > 1 || said.messages().get(0).role().equals("system")) {
      throw new BadRow("there are two system messages; one is in \"" + given.get(0) + "\"");
    }
    List<Message> messages = new ArrayList<>(said.messages());
    messages.add(0, Message.system(Values.text(row, given.get(0))));
    Set<Integer> unlearnt = new LinkedHashSet<>();
    said.unlearnt().forEach(i -> unlearnt.add(i + 1));
    return new MessageList(messages, unlearnt);
  }

  private static void requireSomethingToLearn(MessageList said) throws BadRow {
    List<Message> messages = said.messages();
    String last = messages.get(messages.size() - 1).role();
    if (!last.equals("assistant")) {
      throw new BadRow(
          "the last message must be the assistant's, as there is nothing else to learn from; it is"
              + " of role \""
              + last
              + "\"");
    }
    long answers = messages.stream().filter(m -> m.role().equals("assistant")).count();
    if (said.unlearnt().size() == answers) {
      throw new BadRow("every answer has weight 0, so there is nothing to learn from");
    }
  }

  private Set<String> unused(JsonNode row, RowLayout layout, RowLayout.Columns columns) {
    Set<String> unused = new LinkedHashSet<>();
    for (String column : Values.names(row)) {
      boolean system = layout != RowLayout.TEXT && RowLayout.SYSTEM.contains(column);
      if (!columns.all().contains(column)
          && !system
          && !(layout.isListOfMessages() && column.equals("tools"))
          && !isUnit(column)
          && !options.ignored().contains(column)
          && !Values.isNothing(row.get(column))) {
        unused.add(column);
      }
    }
    return unused;
  }

  /** A copy of a message, such as of the first question, is not lost. */
  private static void refuseTelling(JsonNode row, Set<String> unused, List<String> used)
      throws BadRow {
    for (String column : unused) {
      JsonNode value = row.get(column);
      if (RowLayout.TELLING.contains(column)
          && !(value.isValueNode() && used.contains(value.asText()))) {
        throw new BadRow(
            "\"%s\" holds something that would not be used: set dataset.layout to one that uses it (dataset.question_field and dataset.answer_field take two columns), or name it in dataset.ignored_fields"
                .formatted(column));
      }
    }
  }

  /** Whose row it is by the column for it, whatever else it says; empty where that names nobody. */
  Optional<String> owner(JsonNode row) {
    if (options.unit() instanceof PrivacyUnit.Column column) {
      try {
        return Optional.of(Values.text(row, column.name()));
      } catch (BadRow e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private boolean isUnit(String column) {
    return options.unit() instanceof PrivacyUnit.Column unit && unit.name().equals(column);
  }

  private String unit(JsonNode row, List<String> content) throws BadRow {
    if (options.unit() instanceof PrivacyUnit.Column column) {
      try {
        return Values.text(row, column.name());
      } catch (BadRow e) {
        throw new BadRow("the privacy unit " + e.reason());
      }
    }
    return Keyed.digest(content);
  }
}
