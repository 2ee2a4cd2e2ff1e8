package dev.reticent.evaluation.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import dev.reticent.data.RowSink;
import dev.reticent.data.RowSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Rows of a file in any format that training reads, or of a table; all that cannot be used is told
 * at once.
 */
final class RowTable implements RowSink {
  private static final int LISTED = 20;

  private final String source;
  private final List<JsonNode> rows = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private RowTable(String source) {
    this.source = source;
  }

  static RowTable read(Path file) {
    RowTable table = new RowTable(file.toString());
    RowSource.read(file, table);
    return table.whole();
  }

  /**
   * @param rows each a JSON object
   */
  static RowTable read(String name, Iterator<String> rows) {
    RowTable table = new RowTable(name);
    RowSource.read(rows, table);
    return table.whole();
  }

  private RowTable whole() {
    raise();
    if (rows.isEmpty()) {
      throw new UserInputException(source + " holds no rows.");
    }
    return this;
  }

  @Override
  public void row(Place place, JsonNode row) {
    rows.add(row);
  }

  @Override
  public void unreadable(Place place, String problem) {
    problems.add(place.by() + " " + place.number() + ": " + problem);
  }

  @Override
  public void broken(Place place, String problem) {
    unreadable(place, problem);
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
    if (!node.isTextual() && !node.isNumber() && !node.isBoolean()) {
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
    StringBuilder text = new StringBuilder(source + ": " + problems.size() + " problems");
    problems.stream().limit(LISTED).forEach(problem -> text.append("\n  ").append(problem));
    throw new UserInputException(
        problems.size() > LISTED
            ? text.append("\n  and ").append(problems.size() - LISTED).append(" more").toString()
            : text.toString());
  }
}
