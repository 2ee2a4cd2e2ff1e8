package dev.reticent.text.jinja;

import java.util.Iterator;
import java.util.List;

/** Python's {@code ==} and {@code <}, and what counts as true. */
final class Ordering {
  private Ordering() {}

  static boolean truth(Object value) {
    if (value instanceof Boolean bool) {
      return bool;
    }
    if (value instanceof None || value instanceof Undefined) {
      return false;
    }
    if (value instanceof String text) {
      return !text.isEmpty();
    }
    if (Numbers.isNumber(value)) {
      return Numbers.isNan(value) || Numbers.compare(value, 0L) != 0;
    }
    return !Sequences.isSized(value) || Sequences.length(value) > 0;
  }

  static boolean equal(Object a, Object b) {
    Budget.compared(a);
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      return !Numbers.isNan(a) && !Numbers.isNan(b) && Numbers.compare(a, b) == 0;
    }
    if (PythonType.isText(a) && PythonType.isText(b)) {
      return PythonText.str(a).equals(PythonText.str(b));
    }
    if (a instanceof Undefined || b instanceof Undefined) {
      return a instanceof Undefined && b instanceof Undefined;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return equalItems(x, y);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return equalItems(x.items(), y.items());
    }
    if (a instanceof Range x && b instanceof Range y) {
      return equalItems(x.items(), y.items());
    }
    if (a instanceof Dict x && b instanceof Dict y) {
      return x.size() == y.size()
          && x.entries().stream()
              .allMatch(e -> y.get(e.key()).map(v -> equal(e.value(), v)).orElse(false));
    }
    if (a instanceof DictView && b instanceof DictView) {
      throw TemplateException.unsupported("a comparison of dict views");
    }
    return a == b;
  }

  private static boolean equalItems(List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    Iterator<?> other = b.iterator();
    for (Object item : a) {
      if (!same(item, other.next())) {
        return false;
      }
    }
    return true;
  }

  /** How containers compare their items: one object equals itself, even NaN. */
  static boolean same(Object a, Object b) {
    return a == b || equal(a, b);
  }

  /** Whether a value is below another; {@code operator} is for the error's text. */
  static boolean less(Object a, Object b, String operator) {
    Budget.compared(a);
    if (a instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (b instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      return !Numbers.isNan(a) && !Numbers.isNan(b) && Numbers.compare(a, b) < 0;
    }
    if (PythonType.isText(a) && PythonType.isText(b)) {
      return compareText(PythonText.str(a), PythonText.str(b)) < 0;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return lessItems(x, y, operator);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return lessItems(x.items(), y.items(), operator);
    }
    throw TemplateException.failed(
        "'"
            + operator
            + "' not supported between instances of '"
            + PythonType.name(a)
            + "' and '"
            + PythonType.name(b)
            + "'");
  }

  private static boolean lessItems(List<?> a, List<?> b, String operator) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      if (!same(a.get(i), b.get(i))) {
        return less(a.get(i), b.get(i), operator);
      }
    }
    return a.size() < b.size();
  }

  /** By code points, which differs from Java's order beyond the first plane. */
  static int compareText(String a, String b) {
    int i = 0;
    while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == Math.min(a.length(), b.length())) {
      return Integer.compare(a.length(), b.length());
    }
    boolean surrogates = Character.isSurrogate(a.charAt(i)) != Character.isSurrogate(b.charAt(i));
    int order = Character.compare(a.charAt(i), b.charAt(i));
    return surrogates ? (Character.isSurrogate(a.charAt(i)) ? 1 : -1) : order;
  }
}
