package dev.reticent.text.jinja;

import static java.util.Map.entry;

import java.time.ZonedDateTime;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The functions that every template has. */
final class Globals {
  static final Map<String, Object> ALL =
      Map.ofEntries(
          entry("cycler", function((run, a) -> cycler(a))),
          entry("dict", function((run, a) -> dict(a))),
          entry("joiner", function((run, a) -> joiner(a))),
          entry("lipsum", function((run, a) -> lipsum())),
          entry("namespace", function((run, a) -> new Namespace(dict(a)))),
          entry("raise_exception", function((run, a) -> raise(a))),
          entry("range", function((run, a) -> range(a))),
          entry("strftime_now", function(Globals::now)));

  private Globals() {}

  private static Object function(Callable callable) {
    return callable;
  }

  private static Object raise(Arguments arguments) {
    throw TemplateException.raised(
        PythonText.str(arguments.bind("raise_exception", 1, List.of("message"))[0]));
  }

  private static Object now(Execution run, Arguments arguments) {
    Object format = arguments.bind("strftime_now", 1, List.of("format"))[0];
    return Strftime.format(
        PythonType.expect(format, String.class, "strftime_now"), ZonedDateTime.now(run.clock()));
  }

  private static Object range(Arguments arguments) {
    List<Object> a = arguments.positionalOnly("range", 1, 3);
    long first = Numbers.index(a.get(0), "range");
    return a.size() == 1
        ? Range.bounded(0, first, 1)
        : Range.bounded(
            first,
            Numbers.index(a.get(1), "range"),
            a.size() == 3 ? Numbers.index(a.get(2), "range") : 1);
  }

  private static Dict dict(Arguments arguments) {
    Dict dict = new Dict();
    for (Object given :
        new Arguments(arguments.positional(), Map.of()).positionalOnly("dict", 0, 1)) {
      if (given instanceof Dict other) {
        dict.putAll(other);
        continue;
      }
      for (Iterator<Object> pairs = Sequences.iterate(given); pairs.hasNext(); ) {
        List<Object> pair = Sequences.list(pairs.next());
        if (pair.size() != 2) {
          throw TemplateException.failed("dict: an element of " + pair.size() + " parts");
        }
        dict.put(pair.get(0), pair.get(1));
      }
    }
    arguments.named().forEach(dict::put);
    return dict;
  }

  private static Object cycler(Arguments arguments) {
    List<Object> items = arguments.positionalOnly("cycler", 0, Integer.MAX_VALUE);
    if (items.isEmpty()) {
      throw TemplateException.failed("cycler needs at least one item");
    }
    return new Cycler(items);
  }

  /** Gives nothing at its first call, and its text at every other. */
  private static Object joiner(Arguments arguments) {
    Object between = arguments.bind("joiner", 0, List.of("sep"), ", ")[0];
    boolean[] used = new boolean[1];
    return (Callable)
        (run, a) -> {
          a.positionalOnly("a joiner", 0, 0);
          boolean first = !used[0];
          used[0] = true;
          return first ? "" : between;
        };
  }

  private static Object lipsum() {
    throw TemplateException.unsupported("lipsum(), which gives random text,");
  }
}
