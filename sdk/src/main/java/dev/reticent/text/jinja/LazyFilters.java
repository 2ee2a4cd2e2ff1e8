package dev.reticent.text.jinja;

import static java.util.Map.entry;

import dev.reticent.text.jinja.Filters.Filter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Filters that give a generator, whose elements are made when they are asked for. */
final class LazyFilters {
  static final Map<String, Filter> ALL =
      Map.ofEntries(
          entry("batch", (run, a) -> batch(run, a)),
          entry("items", (run, a) -> items(a)),
          entry("map", LazyFilters::map),
          entry("reject", (run, a) -> select(a, false)),
          entry("rejectattr", (run, a) -> selectAttribute(a, false)),
          entry("select", (run, a) -> select(a, true)),
          entry("selectattr", (run, a) -> selectAttribute(a, true)),
          entry("slice", (run, a) -> slice(run, a)),
          entry("unique", (run, a) -> unique(a)));

  private LazyFilters() {}

  /** Elements of an iterable, which is looked at when the first is asked for. */
  private static Lazy over(Object iterable, Function<Stream<Object>, Stream<Object>> change) {
    Supplier<Iterator<Object>> start =
        () -> {
          Iterator<Object> elements = Sequences.iterate(iterable);
          Stream<Object> stream =
              Stream.iterate(elements, Iterator::hasNext, rest -> rest).map(Iterator::next);
          return change.apply(stream).iterator();
        };
    return new Lazy(new Started(start));
  }

  /** An iterator that begins at its first use. */
  private static final class Started implements Iterator<Object> {
    private final Supplier<Iterator<Object>> start;
    private Iterator<Object> elements = Collections.emptyIterator();
    private boolean started;

    Started(Supplier<Iterator<Object>> start) {
      this.start = start;
    }

    @Override
    public boolean hasNext() {
      if (!started) {
        started = true;
        elements = start.get();
      }
      return elements.hasNext();
    }

    @Override
    public Object next() {
      return hasNext() ? elements.next() : Collections.emptyIterator().next();
    }
  }

  /**
   * Goes as {@link #over} does; what counts as false has no elements, and the rest is not looked
   * at.
   */
  private static Lazy overTrue(
      Object iterable, Supplier<Function<Stream<Object>, Stream<Object>>> change) {
    return new Lazy(
        new Started(
            () ->
                Ordering.truth(iterable)
                    ? over(iterable, change.get()).elements()
                    : Collections.emptyIterator()));
  }

  private static Object map(Execution run, Arguments arguments) {
    return overTrue(
        arguments.first(),
        () -> {
          Function<Object, Object> change = mapping(run, arguments.withoutFirst());
          return items -> items.map(change);
        });
  }

  /** A filter by its name, or an attribute. */
  private static Function<Object, Object> mapping(Execution run, Arguments arguments) {
    if (!arguments.positional().isEmpty()) {
      String filter = PythonText.str(arguments.first());
      Arguments passed = arguments.withoutFirst();
      return item -> Filters.apply(run, filter, passed.after(item));
    }
    Object[] a = arguments.bind("map", 1, List.of("attribute", "default"), None.NONE);
    AttributePath path = AttributePath.of(a[0]);
    return item -> path.in(item, a[1]);
  }

  private static Object select(Arguments arguments, boolean wanted) {
    return overTrue(
        arguments.first(),
        () -> {
          Predicate<Object> test = test(arguments.withoutFirst());
          return items -> items.filter(item -> test.test(item) == wanted);
        });
  }

  private static Object selectAttribute(Arguments arguments, boolean wanted) {
    return overTrue(
        arguments.first(),
        () -> {
          Arguments rest = arguments.withoutFirst();
          if (rest.positional().isEmpty()) {
            throw TemplateException.failed("selectattr needs the name of an attribute");
          }
          AttributePath path = AttributePath.of(rest.first());
          Predicate<Object> test = test(rest.withoutFirst());
          return items -> items.filter(item -> test.test(path.in(item)) == wanted);
        });
  }

  /** The test that arguments name; without a name, whether the value is true. */
  private static Predicate<Object> test(Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      return Ordering::truth;
    }
    String name = PythonText.str(arguments.first());
    if (!Tests.exists(name)) {
      throw TemplateException.failed("no test named '" + name + "'");
    }
    Arguments passed = arguments.withoutFirst();
    return item -> Tests.holds(name, passed.after(item));
  }

  private static Object items(Arguments arguments) {
    Object value = arguments.bind("items", 1, List.of("value"))[0];
    return over(
        value,
        items -> {
          if (value instanceof Dict dict) {
            return new DictView(DictView.Kind.ITEMS, dict).items().stream();
          }
          if (value instanceof Undefined) {
            return Stream.empty();
          }
          throw TemplateException.failed("items: expected dict, got " + PythonType.name(value));
        });
  }

  private static Object unique(Arguments arguments) {
    Object[] a =
        arguments.bind(
            "unique", 1, List.of("value", "case_sensitive", "attribute"), false, None.NONE);
    Dict seen = new Dict();
    return over(
        a[0],
        items ->
            items.filter(
                item -> {
                  Object part = a[2] instanceof None ? item : AttributePath.of(a[2]).in(item);
                  Object key = Sorting.folded(part, Ordering.truth(a[1]));
                  boolean fresh = !seen.contains(key);
                  seen.put(key, true);
                  return fresh;
                }));
  }

  private static Object batch(Execution run, Arguments arguments) {
    Object[] a = arguments.bind("batch", 2, List.of("value", "linecount", "fill_with"), None.NONE);
    long count = Numbers.index(a[1], "batch");
    List<Object> batches = new ArrayList<>();
    List<Object> batch = new ArrayList<>();
    for (Object item : Sequences.list(a[0])) {
      if (batch.size() == count) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
      batch.add(item);
    }
    if (!batch.isEmpty()) {
      run.budget().size(a[2] instanceof None ? 0 : count);
      while (!(a[2] instanceof None) && batch.size() < count) {
        batch.add(a[2]);
      }
      batches.add(batch);
    }
    return new Lazy(batches.iterator());
  }

  private static Object slice(Execution run, Arguments arguments) {
    Object[] a = arguments.bind("slice", 2, List.of("value", "slices", "fill_with"), None.NONE);
    List<Object> all = Sequences.list(a[0]);
    long slices = Numbers.index(a[1], "slice");
    if (slices <= 0) {
      throw TemplateException.failed("slice: at least one slice is needed");
    }
    run.budget().size(slices);
    List<Object> result = new ArrayList<>();
    int at = 0;
    for (long i = 0; i < slices; i++) {
      int size = (int) (all.size() / slices + (i < all.size() % slices ? 1 : 0));
      List<Object> part = new ArrayList<>(all.subList(at, at + size));
      at += size;
      if (!(a[2] instanceof None) && i >= all.size() % slices) {
        part.add(a[2]);
      }
      result.add(part);
    }
    return new Lazy(result.iterator());
  }
}
