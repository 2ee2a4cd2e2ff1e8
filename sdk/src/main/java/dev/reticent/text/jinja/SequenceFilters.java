package dev.reticent.text.jinja;

import static java.util.Map.entry;

import dev.reticent.text.jinja.Filters.Filter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Filters that read a sequence whole, or its ends. */
final class SequenceFilters {
  static final Map<String, Filter> ALL =
      Map.ofEntries(
          entry("dictsort", (run, a) -> dictsort(a)),
          entry("first", (run, a) -> first(a)),
          entry("groupby", (run, a) -> groupby(a)),
          entry("join", SequenceFilters::join),
          entry("last", (run, a) -> last(a)),
          entry("list", (run, a) -> Sequences.list(a.bind("list", 1, List.of("value"))[0])),
          entry("max", (run, a) -> extreme("max", a)),
          entry("min", (run, a) -> extreme("min", a)),
          entry("reverse", (run, a) -> reverse(a)),
          entry("sort", (run, a) -> sort(a)),
          entry("sum", SequenceFilters::sum));

  private SequenceFilters() {}

  private static Object first(Arguments arguments) {
    Iterator<Object> items = Sequences.iterate(arguments.bind("first", 1, List.of("seq"))[0]);
    return items.hasNext() ? items.next() : new Undefined("no first item: the sequence is empty");
  }

  private static Object last(Arguments arguments) {
    List<Object> items = Sequences.reversed(arguments.bind("last", 1, List.of("seq"))[0]);
    return items.isEmpty() ? new Undefined("no last item: the sequence is empty") : items.get(0);
  }

  private static Object reverse(Arguments arguments) {
    Object value = arguments.bind("reverse", 1, List.of("value"))[0];
    if (PythonType.isText(value)) {
      StringBuilder reversed = new StringBuilder(PythonText.str(value)).reverse();
      return value instanceof Markup ? new Markup(reversed.toString()) : reversed.toString();
    }
    if (value instanceof Lazy) {
      List<Object> all = Sequences.list(value);
      java.util.Collections.reverse(all);
      return all;
    }
    return new Lazy(Sequences.reversed(value).iterator());
  }

  private static Object join(Execution run, Arguments arguments) {
    Object[] a = arguments.bind("join", 1, List.of("value", "d", "attribute"), "", None.NONE);
    String between = PythonText.str(a[1]);
    StringBuilder text = new StringBuilder();
    boolean first = true;
    for (Iterator<Object> items = Sequences.iterate(a[0]); items.hasNext(); first = false) {
      Object item = items.next();
      Object part = a[2] instanceof None ? item : AttributePath.of(a[2]).in(item);
      text.append(first ? "" : between).append(PythonText.str(part));
      run.budget().total(text.length());
    }
    return text.toString();
  }

  private static Object sum(Execution run, Arguments arguments) {
    Object[] a = arguments.bind("sum", 1, List.of("iterable", "attribute", "start"), None.NONE, 0L);
    Object sum = a[2];
    if (sum instanceof String) {
      throw TemplateException.failed("sum() can't sum strings");
    }
    for (Object item : Sequences.list(a[0])) {
      Object part = a[1] instanceof None ? item : AttributePath.of(a[1]).in(item);
      sum = run.budget().made(Arithmetic.apply(run, "+", sum, part));
    }
    return sum;
  }

  private static Object extreme(String name, Arguments arguments) {
    Object[] a =
        arguments.bind(name, 1, List.of("value", "case_sensitive", "attribute"), false, None.NONE);
    Function<Object, Object> key = key(a[2], Ordering.truth(a[1]));
    Iterator<Object> items = Sequences.iterate(a[0]);
    if (!items.hasNext()) {
      return new Undefined("no " + name + ": the sequence is empty");
    }
    Object best = items.next();
    while (items.hasNext()) {
      Object item = items.next();
      boolean better =
          name.equals("max")
              ? Ordering.less(key.apply(best), key.apply(item), ">")
              : Ordering.less(key.apply(item), key.apply(best), "<");
      best = better ? item : best;
    }
    return best;
  }

  private static Function<Object, Object> key(Object attribute, boolean caseSensitive) {
    return item ->
        Sorting.folded(
            attribute instanceof None ? item : AttributePath.of(attribute).in(item), caseSensitive);
  }

  private static Object sort(Arguments arguments) {
    Object[] a =
        arguments.bind(
            "sort",
            1,
            List.of("value", "reverse", "case_sensitive", "attribute"),
            false,
            false,
            None.NONE);
    List<Object> sorted = Sequences.list(a[0]);
    Sorting.sort(sorted, keys(a[3], Ordering.truth(a[2])), Ordering.truth(a[1]));
    return sorted;
  }

  /** A key of one part for each attribute: compared as lists are, equal parts first. */
  private static Function<Object, Object> keys(Object attributes, boolean caseSensitive) {
    List<?> names =
        attributes instanceof String text ? List.of(text.split(",", -1)) : List.of(attributes);
    List<Function<Object, Object>> keys = new ArrayList<>();
    names.forEach(name -> keys.add(key(name, caseSensitive)));
    return item -> new ArrayList<>(keys.stream().map(key -> key.apply(item)).toList());
  }

  private static Object dictsort(Arguments arguments) {
    Object[] a =
        arguments.bind(
            "dictsort",
            1,
            List.of("value", "case_sensitive", "by", "reverse"),
            false,
            "key",
            false);
    Dict dict = PythonType.expect(a[0], Dict.class, "dictsort");
    if (!a[2].equals("key") && !a[2].equals("value")) {
      throw TemplateException.failed("dictsort: by must be key or value");
    }
    int part = a[2].equals("key") ? 0 : 1;
    List<Object> items = Sequences.list(new DictView(DictView.Kind.ITEMS, dict));
    Sorting.sort(
        items,
        pair -> Sorting.folded(((Tuple) pair).items().get(part), Ordering.truth(a[1])),
        Ordering.truth(a[3]));
    return items;
  }

  private static Object groupby(Arguments arguments) {
    throw TemplateException.unsupported(
        "the filter 'groupby' of " + PythonType.name(arguments.first()));
  }
}
