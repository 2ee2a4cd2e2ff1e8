package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which layout a row has: the one given, else the one whose columns are there. */
final class LayoutFinder {
  private final ReadOptions options;
  private final List<RowLayout> candidates;
  private final Map<List<String>, List<RowLayout>> known = new HashMap<>();

  LayoutFinder(ReadOptions options) {
    this.options = options;
    this.candidates = candidates();
  }

  private List<RowLayout> candidates() {
    if (options.layout().isPresent()) {
      return List.of(options.layout().get());
    }
    if (options.type() == SampleType.PRETRAIN) {
      return List.of(RowLayout.TEXT);
    }
    FieldNames usual = FieldNames.DEFAULT;
    FieldNames given = options.fields();
    if (!given.question().equals(usual.question()) || !given.answer().equals(usual.answer())) {
      return List.of(RowLayout.QUESTION_ANSWER);
    }
    if (!given.messages().equals(usual.messages())) {
      return List.of(RowLayout.MESSAGES);
    }
    return Arrays.stream(RowLayout.values()).filter(layout -> layout != RowLayout.TEXT).toList();
  }

  /**
   * @throws BadRow if no layout fits, or two do
   */
  RowLayout of(JsonNode row) throws BadRow {
    if (candidates.size() == 1) {
      return candidates.get(0);
    }
    List<RowLayout> fitting =
        known.computeIfAbsent(
            Values.names(row),
            names -> candidates.stream().filter(l -> names.containsAll(required(l))).toList());
    if (fitting.size() > 1) {
      // A table with the columns of several sources holds null where a row has none.
      fitting = fitting.stream().filter(layout -> isFilled(row, layout)).toList();
    }
    if (fitting.size() == 1) {
      return fitting.get(0);
    }
    throw new BadRow(
        fitting.isEmpty()
            ? "the columns %s are of no known layout; give dataset.question_field and dataset.answer_field, or dataset.messages_field. Known are %s"
                .formatted(Values.names(row), described())
            : "the columns %s fit the layouts %s: say which in dataset.layout"
                .formatted(
                    Values.names(row),
                    fitting.stream().map(RowLayout::key).collect(Collectors.joining(" and "))));
  }

  private List<String> required(RowLayout layout) {
    return layout.columns(options.fields()).required();
  }

  private boolean isFilled(JsonNode row, RowLayout layout) {
    return required(layout).stream().noneMatch(column -> Values.isNothing(row.path(column)));
  }

  private String described() {
    return candidates.stream()
        .map(layout -> layout.key() + " " + required(layout))
        .collect(Collectors.joining(", "));
  }
}
