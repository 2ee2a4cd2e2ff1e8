package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.text.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A row whose question is to be answered.
 *
 * @param question what was asked last, to show beside the answer
 * @param messages the conversation up to there
 * @param tools what the model may call, each as OpenAI's API has it
 */
@Internal
public record PromptRow(String question, List<Message> messages, List<Map<String, Object>> tools) {
  private static final List<String> LISTS = List.of("messages", "conversations");
  private static final List<String> ASKED = List.of("instruction", "prompt", "question", "text");

  public PromptRow {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /** A question on its own. */
  public static PromptRow of(String question) {
    return new PromptRow(question, List.of(Message.user(question)), List.of());
  }

  /**
   * Reads the questions of a file, in any of the formats that training reads; answers in it are
   * left alone.
   *
   * @param field the column with the question; found from the usual names where it is not there
   * @throws UserInputException listing every row that asks nothing
   */
  public static List<PromptRow> read(Path source, String field) {
    List<PromptRow> prompts = new ArrayList<>();
    RowProblems problems = new RowProblems();
    RowSink sink =
        new RowSink() {
          @Override
          public void row(Place place, JsonNode row) {
            try {
              prompts.add(of(row, field));
            } catch (BadRow e) {
              problems.add(place, e.reason());
            }
          }

          @Override
          public void unreadable(Place place, String problem) {
            problems.add(place, problem);
          }

          @Override
          public void broken(Place place, String problem) {
            problems.breakOff(place, problem);
          }
        };
    RowSource.read(source, sink);
    if (problems.rows() > 0) {
      throw new UserInputException(
          problems.report(source.toString(), prompts.size(), "Mend or remove them."));
    }
    return prompts;
  }

  /**
   * The question of one row.
   *
   * @param row a JSON object
   * @param field the column with the question; found from the usual names where it is not there
   * @throws UserInputException when it asks nothing
   */
  public static PromptRow of(JsonNode row, String place, String field) {
    try {
      return of(row, field);
    } catch (BadRow e) {
      throw new UserInputException(place + ": " + e.reason(), e);
    }
  }

  private static PromptRow of(JsonNode row, String field) throws BadRow {
    if (!row.isObject()) {
      throw new BadRow("expected an object, found " + Values.kind(row));
    }
    for (String column : LISTS) {
      if (!Values.isNothing(row.path(column))) {
        List<Message> messages = MessageList.read(row, column).messages();
        return upToTheLastQuestion(messages, ToolFields.tools(row), column);
      }
    }
    String asked =
        Stream.concat(Stream.of(field), ASKED.stream())
            .filter(column -> !Values.isNothing(row.path(column)))
            .findFirst()
            .orElseThrow(
                () ->
                    new BadRow(
                        "nothing is asked; name the column with question_field. The columns are "
                            + Values.names(row)));
    String question = Values.text(row, asked);
    for (String with : List.of("input", "context")) {
      if (asked.equals("instruction") && !Values.isNothing(row.path(with))) {
        question += "\n\n" + Values.text(row, with);
      }
    }
    List<Message> messages = new ArrayList<>();
    for (String system : RowLayout.SYSTEM) {
      if (!Values.isNothing(row.path(system))) {
        messages.add(Message.system(Values.text(row, system)));
      }
    }
    messages.add(Message.user(question));
    return new PromptRow(question, messages, List.of());
  }

  private static PromptRow upToTheLastQuestion(
      List<Message> messages, List<Map<String, Object>> tools, String column) throws BadRow {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role().equals("user")) {
        return new PromptRow(messages.get(i).content(), messages.subList(0, i + 1), tools);
      }
    }
    throw new BadRow("\"%s\" has no message of the user".formatted(column));
  }
}
