package dev.reticent.text.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The filters by name; each file of filters adds its own. */
final class Filters {
  /** A filter; the first argument is what it is applied to. */
  interface Filter {
    Object apply(Execution run, Arguments arguments);
  }

  /** Filters of jinja2 that no chat template has been seen to use. */
  private static final Set<String> NOT_HERE =
      Set.of("filesizeformat", "pprint", "random", "striptags", "urlize", "wordwrap", "xmlattr");

  private static final Map<String, Filter> ALL = new HashMap<>();

  static {
    ALL.putAll(TextFilters.ALL);
    ALL.putAll(ValueFilters.ALL);
    ALL.putAll(SequenceFilters.ALL);
    ALL.putAll(LazyFilters.ALL);
  }

  private Filters() {}

  static boolean exists(String name) {
    return ALL.containsKey(name) || NOT_HERE.contains(name);
  }

  static Object apply(Execution run, String name, Arguments arguments) {
    if (NOT_HERE.contains(name)) {
      throw TemplateException.unsupported("the filter '" + name + "'");
    }
    if (!ALL.containsKey(name)) {
      throw TemplateException.failed("no filter named '" + name + "'");
    }
    return Objects.requireNonNull(ALL.get(name)).apply(run, arguments);
  }
}
