package dev.reticent.evaluation.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows of a JSON array or of JSON lines; all that cannot be used is told at once. */
final class JsonTable {
  private static final int LISTED = 20;
  private static final ObjectReader JSON =
      new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Path file;
  private final List<JsonNode> rows = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private JsonTable(Path file) {
    this.file = file;
  }

  static JsonTable read(Path file) {
    JsonTable table = new JsonTable(file);
    try {
      String text = Files.readString(file).strip();
      if (text.startsWith("[")) {
        JSON.readTree(text).forEach(table.rows::add);
      } else {
        table.lines(text);
      }
    } catch (JsonProcessingException e) {
      throw new UserInputException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UserInputException(
          file + ": cannot be read (a JSON or JSONL file in UTF-8 is wanted): " + e, e);
    }
    table.raise();
    if (table.rows.isEmpty()) {
      throw new UserInputException(file + " holds no rows.");
    }
    return table;
  }

  private void lines(String text) {
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        rows.add(JSON.readTree(line));
      } catch (JsonProcessingException e) {
        problems.add("line " + number + ": not valid JSON: " + e.getOriginalMessage());
      }
    }
  }

  int size() {
    return rows.size();
  }

  JsonNode row(int index) {
    return rows.get(index);
  }

  /** A text of a row; its absence is a problem, told by {@link #raise}. */
  String text(int index, String field) {
    JsonNode node = rows.get(index).path(field);
    if (!node.isTextual()) {
      problems.add(
          "row %d: found %s under '%s', expected a text"
              .formatted(index + 1, node.isMissingNode() ? "nothing" : node, field));
    }
    return node.asText("");
  }

  /** Throws when there was a problem. */
  void raise() {
    if (problems.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder(file + ": " + problems.size() + " problems");
    problems.stream().limit(LISTED).forEach(problem -> text.append("\n  ").append(problem));
    throw new UserInputException(
        problems.size() > LISTED
            ? text.append("\n  and ").append(problems.size() - LISTED).append(" more").toString()
            : text.toString());
  }
}
