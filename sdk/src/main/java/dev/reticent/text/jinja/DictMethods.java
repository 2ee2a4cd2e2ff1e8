package dev.reticent.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The methods of a dict that do not change it. */
final class DictMethods {
  /** A method before it is bound to its dict. */
  interface Method {
    Object apply(Dict dict, List<Object> arguments);

    default Callable on(Dict dict) {
      return (run, arguments) -> apply(dict, arguments.positionalOnly("a method of a dict", 0, 2));
    }
  }

  static final Map<String, Method> ALL =
      Map.of(
          "get", (dict, arguments) -> get(dict, arguments),
          "items", view(DictView.Kind.ITEMS),
          "keys", view(DictView.Kind.KEYS),
          "values", view(DictView.Kind.VALUES),
          "copy", (dict, arguments) -> copy(dict, arguments));

  /** What Python has besides, and a template may not call. */
  static final Set<String> HIDDEN = Set.of("clear", "pop", "popitem", "setdefault", "update");

  private DictMethods() {}

  private static Method view(DictView.Kind kind) {
    return (dict, arguments) -> {
      count(arguments, 0, 0);
      return new DictView(kind, dict);
    };
  }

  private static Object get(Dict dict, List<Object> arguments) {
    count(arguments, 1, 2);
    return dict.get(arguments.get(0)).orElse(arguments.size() > 1 ? arguments.get(1) : None.NONE);
  }

  private static Object copy(Dict dict, List<Object> arguments) {
    count(arguments, 0, 0);
    Dict copy = new Dict();
    copy.putAll(dict);
    return copy;
  }

  private static void count(List<Object> arguments, int least, int most) {
    if (arguments.size() < least || arguments.size() > most) {
      throw TemplateException.failed("a method of a dict got " + arguments.size() + " arguments");
    }
  }
}
