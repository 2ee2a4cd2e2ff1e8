package dev.reticent.text.jinja;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** The names of Python's types. */
final class PythonType {
  private static final Map<Class<?>, String> NAMES =
      Map.ofEntries(
          Map.entry(None.class, "NoneType"),
          Map.entry(Boolean.class, "bool"),
          Map.entry(Long.class, "int"),
          Map.entry(BigInteger.class, "int"),
          Map.entry(Double.class, "float"),
          Map.entry(String.class, "str"),
          Map.entry(Markup.class, "Markup"),
          Map.entry(Tuple.class, "tuple"),
          Map.entry(Dict.class, "dict"),
          Map.entry(Range.class, "range"),
          Map.entry(Lazy.class, "generator"),
          Map.entry(Undefined.class, "Undefined"),
          Map.entry(Namespace.class, "Namespace"),
          Map.entry(Macro.class, "Macro"),
          Map.entry(Loop.class, "LoopContext"));

  private PythonType() {}

  static String name(Object value) {
    if (value instanceof List) {
      return "list";
    }
    if (value instanceof DictView view) {
      return view.kind().typeName();
    }
    return NAMES.getOrDefault(value.getClass(), "function");
  }

  static boolean isText(Object value) {
    return value instanceof String || value instanceof Markup;
  }

  /** Refuses a value of another type, as Python's TypeError does. */
  static <T> T expect(Object value, Class<T> type, String where) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (value instanceof Markup && type == String.class) {
      throw TemplateException.unsupported(where + " with text marked as safe");
    }
    if (!type.isInstance(value)) {
      throw TemplateException.failed(
          where + ": expected " + NAMES.getOrDefault(type, "list") + ", got " + name(value));
    }
    return type.cast(value);
  }
}
