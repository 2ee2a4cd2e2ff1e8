package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.PrimitiveIterator;

/** What Python loops over, counts and cuts. */
final class Sequences {
  private Sequences() {}

  static boolean isIterable(Object value) {
    return isSized(value) || value instanceof Lazy || value instanceof Undefined;
  }

  /** Whether it has a length; Undefined, whose length is 0, is left to the callers. */
  static boolean isSized(Object value) {
    return PythonType.isText(value)
        || value instanceof List
        || value instanceof Tuple
        || value instanceof Dict
        || value instanceof DictView
        || value instanceof Range
        || value instanceof Loop;
  }

  static long length(Object value) {
    if (PythonType.isText(value)) {
      return CodePoints.length(PythonText.str(value));
    }
    if (value instanceof Dict dict) {
      return dict.size();
    }
    if (value instanceof DictView view) {
      return view.dict().size();
    }
    if (value instanceof Loop loop) {
      return loop.length();
    }
    if (value instanceof Undefined) {
      return 0;
    }
    if (value instanceof Lazy || !isSized(value)) {
      throw TemplateException.failed(
          "object of type '" + PythonType.name(value) + "' has no len()");
    }
    return items(value).size();
  }

  /** The elements of what lies in memory as such: a list, tuple, range or view. */
  private static List<Object> items(Object value) {
    if (value instanceof List<?> list) {
      return Collections.unmodifiableList(list);
    }
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    if (value instanceof Range range) {
      return range.items();
    }
    if (value instanceof DictView view) {
      return view.items();
    }
    throw TemplateException.unsupported("a loop over a " + PythonType.name(value));
  }

  static Iterator<Object> iterate(Object value) {
    if (PythonType.isText(value)) {
      return characters(PythonText.str(value));
    }
    if (value instanceof Lazy lazy) {
      return lazy.elements();
    }
    if (value instanceof Dict dict) {
      return dict.keys().iterator();
    }
    if (value instanceof Undefined) {
      return Collections.emptyIterator();
    }
    if (!isSized(value)) {
      throw TemplateException.failed("'" + PythonType.name(value) + "' object is not iterable");
    }
    return items(value).iterator();
  }

  private static Iterator<Object> characters(String text) {
    PrimitiveIterator.OfInt codePoints = text.codePoints().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return codePoints.hasNext();
      }

      @Override
      public Object next() {
        return CodePoints.of(codePoints.nextInt());
      }
    };
  }

  static List<Object> list(Object value) {
    List<Object> list = new ArrayList<>();
    iterate(value).forEachRemaining(list::add);
    return list;
  }

  static boolean contains(Object container, Object item) {
    if (PythonType.isText(container)) {
      if (!PythonType.isText(item)) {
        throw TemplateException.failed(
            "'in <string>' requires string as left operand, not " + PythonType.name(item));
      }
      Budget.compared(PythonText.str(container));
      return PythonText.str(container).contains(PythonText.str(item));
    }
    if (container instanceof Dict dict) {
      return dict.contains(item);
    }
    if (!isIterable(container)) {
      throw TemplateException.failed(
          "argument of type '" + PythonType.name(container) + "' is not iterable");
    }
    for (Iterator<Object> rest = iterate(container); rest.hasNext(); ) {
      if (Ordering.same(item, rest.next())) {
        return true;
      }
    }
    return false;
  }

  /** A sequence in Python's sense of {@code reversed}: what can be read from its end. */
  static List<Object> reversed(Object value) {
    boolean reversible = isSized(value) || value instanceof Undefined;
    if (!reversible || value instanceof Loop) {
      throw TemplateException.failed("'" + PythonType.name(value) + "' object is not reversible");
    }
    List<Object> list = list(value);
    Collections.reverse(list);
    return list;
  }
}
