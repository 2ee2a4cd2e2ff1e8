package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a call passes.
 *
 * @param positional in order
 * @param named by keyword, in order
 */
record Arguments(List<Object> positional, Map<String, Object> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /** Arguments with a value before the others: what a filter or a test is applied to. */
  Arguments after(Object first) {
    List<Object> all = new ArrayList<>(positional.size() + 1);
    all.add(first);
    all.addAll(positional);
    return new Arguments(all, named);
  }

  Arguments withoutFirst() {
    return new Arguments(positional.subList(1, positional.size()), named);
  }

  int size() {
    return positional.size() + named.size();
  }

  Object first() {
    return positional.get(0);
  }

  /**
   * The values of parameters, in their order.
   *
   * @param function for the errors
   * @param required how many of the parameters have no default
   * @param parameters their names, then their defaults from {@code required} on
   */
  Object[] bind(String function, int required, List<String> parameters, Object... defaults) {
    if (positional.size() > parameters.size()) {
      throw TemplateException.failed(
          function + " takes at most " + parameters.size() + " arguments");
    }
    Object[] values = new Object[parameters.size()];
    System.arraycopy(defaults, 0, values, required, defaults.length);
    boolean[] given = new boolean[values.length];
    for (int i = 0; i < positional.size(); i++) {
      values[i] = positional.get(i);
      given[i] = true;
    }
    named.forEach(
        (name, value) -> {
          int index = parameters.indexOf(name);
          if (index < 0 || given[index]) {
            throw TemplateException.failed(
                function
                    + (index < 0 ? " got an unexpected argument " : " got two values for ")
                    + "'"
                    + name
                    + "'");
          }
          values[index] = value;
          given[index] = true;
        });
    for (int i = 0; i < required; i++) {
      if (!given[i]) {
        throw TemplateException.failed(
            function + " lacks the argument '" + parameters.get(i) + "'");
      }
    }
    return values;
  }

  /** Positional arguments only, between two counts. */
  List<Object> positionalOnly(String function, int least, int most) {
    if (!named.isEmpty() || positional.size() < least || positional.size() > most) {
      throw TemplateException.failed(
          function
              + " takes "
              + (least == most ? "" + least : least + " to " + most)
              + " arguments by position, got "
              + positional.size()
              + (named.isEmpty() ? "" : " and " + named.keySet()));
    }
    return positional;
  }

  static List<String> names(String... names) {
    return Arrays.asList(names);
  }
}
