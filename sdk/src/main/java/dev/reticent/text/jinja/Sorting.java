package dev.reticent.text.jinja;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Python's {@code sorted}: stable, by {@code <} alone. */
final class Sorting {
  private Sorting() {}

  static int compare(Object a, Object b) {
    return Ordering.less(a, b, "<") ? -1 : Ordering.less(b, a, "<") ? 1 : 0;
  }

  /** Sorts by a key; equals keep their order, also when the order is reversed. */
  static void sort(List<Object> list, Function<Object, Object> key, boolean reverse) {
    record Keyed(Object key, Object value) {}
    Comparator<Keyed> order = (a, b) -> compare(a.key(), b.key());
    List<Object> sorted =
        list.stream()
            .map(value -> new Keyed(key.apply(value), value))
            .sorted(reverse ? order.reversed() : order)
            .map(Keyed::value)
            .toList();
    list.clear();
    list.addAll(sorted);
  }

  /** Texts in small letters, unless their case counts. */
  static Object folded(Object value, boolean caseSensitive) {
    return value instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : value;
  }
}
