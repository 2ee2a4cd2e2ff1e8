package dev.reticent.text.jinja;

import java.util.List;
import java.util.Optional;

/** The methods of lists and tuples that do not change them. */
final class ListMethods {
  private ListMethods() {}

  static Optional<Object> bound(List<Object> list, String name) {
    return switch (name) {
      case "count" -> method((run, arguments) -> count(list, arguments));
      case "index" -> method((run, arguments) -> index(list, arguments));
      case "copy" -> throw TemplateException.unsupported("copy() of a list");
      default -> Optional.empty();
    };
  }

  private static Optional<Object> method(Callable callable) {
    return Optional.of(callable);
  }

  private static Object count(List<Object> list, Arguments arguments) {
    Object item = arguments.positionalOnly("count", 1, 1).get(0);
    return list.stream().filter(other -> Ordering.same(other, item)).count();
  }

  private static Object index(List<Object> list, Arguments arguments) {
    List<Object> given = arguments.positionalOnly("index", 1, 3);
    Range places = new Range(from(list, given, 1, 0), from(list, given, 2, list.size()), 1);
    for (long i = places.start(); i < places.stop(); i++) {
      if (Ordering.same(list.get((int) i), given.get(0))) {
        return i;
      }
    }
    throw TemplateException.failed(PythonText.repr(given.get(0)) + " is not in the list");
  }

  private static long from(List<Object> list, List<Object> given, int place, long absent) {
    if (given.size() <= place) {
      return absent;
    }
    long index = Numbers.index(given.get(place), "index");
    return Math.max(0, Math.min(list.size(), index < 0 ? index + list.size() : index));
  }
}
