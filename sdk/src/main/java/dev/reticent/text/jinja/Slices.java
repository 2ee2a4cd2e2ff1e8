package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Python's {@code value[from:to:step]}. */
final class Slices {
  private Slices() {}

  /** The bounds as the template gives them, None where it gives none. */
  record Bounds(Object from, Object to, Object step) {}

  /**
   * The slice. One that does not exist is Undefined for jinja2 where it knows all its parts when it
   * reads the template, and an error elsewhere; here it is always refused.
   */
  static Object of(Object value, Bounds bounds) {
    boolean sliceable =
        PythonType.isText(value)
            || value instanceof List
            || value instanceof Tuple
            || value instanceof Range;
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!sliceable || !isBound(bounds.from()) || !isBound(bounds.to()) || !isBound(bounds.step())) {
      throw TemplateException.unsupported("such a slice of a " + PythonType.name(value));
    }
    long step = bounds.step() instanceof None ? 1 : Numbers.smallIndex(bounds.step(), "slice");
    if (step == 0) {
      throw TemplateException.failed("slice step cannot be zero");
    }
    int size = Math.toIntExact(Sequences.length(value));
    long from = bound(bounds.from(), size, step, step > 0 ? 0 : size - 1);
    long to = bound(bounds.to(), size, step, step > 0 ? size : -1);
    if (PythonType.isText(value) && step == 1) {
      String text = PythonText.str(value);
      return like(value, from < to ? CodePoints.slice(text, (int) from, (int) to) : "");
    }
    if (value instanceof Range) {
      throw TemplateException.unsupported("a slice of a range");
    }
    List<Object> all = Sequences.list(value);
    List<Object> part = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      part.add(all.get((int) i));
    }
    return like(value, part);
  }

  private static boolean isBound(Object value) {
    return value instanceof None || Numbers.isInteger(value);
  }

  private static long bound(Object given, int size, long step, long absent) {
    if (given instanceof None) {
      return absent;
    }
    long index = Numbers.index(given, "slice");
    index = index < 0 ? Math.max(index, -Integer.MAX_VALUE) + size : index;
    long lowest = step > 0 ? 0 : -1;
    long highest = step > 0 ? size : size - 1;
    return Math.max(lowest, Math.min(highest, index));
  }

  private static Object like(Object value, Object part) {
    if (PythonType.isText(value)) {
      String text =
          part instanceof String whole
              ? whole
              : ((List<?>) part).stream().map(PythonText::str).collect(Collectors.joining());
      return value instanceof Markup ? new Markup(text) : text;
    }
    return value instanceof Tuple ? new Tuple(Sequences.list(part)) : part;
  }
}
