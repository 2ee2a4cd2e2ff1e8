package dev.reticent.data;

import dev.reticent.data.RowSink.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is wrong with rows: each thing once, with the rows that it is wrong with. */
final class RowProblems {
  private static final int LISTED = 20;
  private static final int PLACES = 5;

  private static final class Places {
    private final List<Place> first = new ArrayList<>();
    private int count;

    void add(Place place) {
      count++;
      if (first.size() < PLACES) {
        first.add(place);
      }
    }

    String inWords() {
      String by = first.get(0).by();
      String numbers =
          first.stream().map(place -> "" + place.number()).collect(Collectors.joining(", "));
      return (count == 1 ? by : by + "s")
          + " "
          + numbers
          + (count > first.size() ? " and %,d more".formatted(count - first.size()) : "");
    }
  }

  private final Map<String, Places> places = new LinkedHashMap<>();
  private int others;
  private int rows;
  private boolean broken;

  void add(Place place, String problem) {
    rows++;
    if (places.size() < LISTED || places.containsKey(problem)) {
      places.computeIfAbsent(problem, p -> new Places()).add(place);
    } else {
      others++;
    }
  }

  /** Notes that the file cannot be read to its end, so that no row may be skipped. */
  void breakOff(Place place, String problem) {
    broken = true;
    add(place, problem);
  }

  int rows() {
    return rows;
  }

  boolean broken() {
    return broken;
  }

  /**
   * @param used how many rows could be used
   */
  String report(String file, int used) {
    return report(
        file,
        used,
        broken
            ? "Mend or remove them."
            : "Mend or remove them, or leave them out with dataset.on_bad_row: skip.");
  }

  String report(String file, int used, String cure) {
    StringBuilder text = new StringBuilder();
    text.append("%s: %,d of %,d rows cannot be used:".formatted(file, rows, rows + used));
    lines().forEach(line -> text.append("\n  ").append(line));
    return text.append('\n').append(cure).toString();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    places.forEach((problem, where) -> lines.add(where.inWords() + ": " + problem));
    if (others > 0) {
      lines.add("and %,d rows more".formatted(others));
    }
    return lines;
  }
}
