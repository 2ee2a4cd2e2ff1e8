package dev.reticent.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** All that is wrong with a file and its overrides, told in one exception. */
final class Problems {
  private record Problem(Place place, String message) {}

  private final List<Problem> problems = new ArrayList<>();

  void add(Place place, String message) {
    problems.add(new Problem(place, message));
  }

  int count() {
    return problems.size();
  }

  /** Throws when there is a problem; those of the file come first, in the order of its lines. */
  void raise(String source) {
    if (problems.isEmpty()) {
      return;
    }
    List<String> lines =
        problems.stream()
            .sorted(
                Comparator.comparing((Problem p) -> p.place().isOverride())
                    .thenComparing(p -> p.place().line())
                    .thenComparing(p -> p.place().column()))
            .map(p -> p.place() + ": " + p.message())
            .distinct()
            .toList();
    if (lines.size() == 1) {
      throw new UserInputException(lines.get(0));
    }
    throw new UserInputException(
        lines.stream()
            .map(line -> "\n  " + line)
            .collect(Collectors.joining("", source + ": " + lines.size() + " problems", "")));
  }
}
