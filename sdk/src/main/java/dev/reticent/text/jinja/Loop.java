package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The {@code loop} of a for loop: looks ahead one element, and further only for its length. */
final class Loop implements Callable {
  /** What {@code loop(…)} renders; for loops that are not recursive an error. */
  static final Function<Object, String> NOT_RECURSIVE =
      over -> {
        throw TemplateException.failed("loop(…) needs a loop marked recursive");
      };

  private static final Map<String, Function<Loop, Object>> MEMBERS =
      Map.ofEntries(
          Map.entry("index", loop -> loop.index()),
          Map.entry("index0", loop -> loop.index() - 1),
          Map.entry("revindex", loop -> loop.length() - loop.index() + 1),
          Map.entry("revindex0", loop -> loop.length() - loop.index()),
          Map.entry("first", loop -> loop.index() == 1),
          Map.entry("last", loop -> loop.ahead().isEmpty()),
          Map.entry("length", loop -> loop.length()),
          Map.entry("depth", loop -> loop.depth + 1),
          Map.entry("depth0", loop -> loop.depth),
          Map.entry(
              "previtem", loop -> loop.previous.orElse(new Undefined("there is no previous item"))),
          Map.entry(
              "nextitem", loop -> loop.ahead().orElse(new Undefined("there is no next item"))),
          Map.entry("cycle", loop -> (Callable) (run, arguments) -> loop.cycle(arguments)),
          Map.entry("changed", loop -> (Callable) (run, arguments) -> loop.changed(arguments)));

  private final long depth;
  private final Function<Object, String> recursion;
  private Iterator<Object> elements;
  private long length;
  private long index;
  private Optional<Object> previous = Optional.empty();
  private Optional<Object> current = Optional.empty();
  private Optional<Object> next = Optional.empty();
  private Optional<Arguments> last = Optional.empty();

  /**
   * @param length of what is looped over; negative where nobody knows it before its end
   */
  Loop(Iterator<Object> elements, long length, int depth, Function<Object, String> recursion) {
    this.elements = elements;
    this.length = length;
    this.depth = depth;
    this.recursion = recursion;
  }

  Optional<Object> member(String name) {
    return Optional.ofNullable(MEMBERS.get(name)).map(member -> member.apply(this));
  }

  boolean advance() {
    Optional<Object> element = ahead();
    if (element.isEmpty()) {
      return false;
    }
    next = Optional.empty();
    index++;
    previous = current;
    current = element;
    return true;
  }

  Object current() {
    return current.orElseThrow();
  }

  long index() {
    return index;
  }

  long length() {
    if (length < 0) {
      List<Object> rest = new ArrayList<>();
      elements.forEachRemaining(rest::add);
      elements = rest.iterator();
      length = rest.size() + index + (next.isPresent() ? 1 : 0);
    }
    return length;
  }

  private Optional<Object> ahead() {
    if (next.isEmpty() && elements.hasNext()) {
      next = Optional.of(elements.next());
    }
    return next;
  }

  private Object cycle(Arguments arguments) {
    List<Object> values = arguments.positionalOnly("loop.cycle", 0, Integer.MAX_VALUE);
    if (values.isEmpty()) {
      throw TemplateException.failed("no items for loop.cycle given");
    }
    return values.get((int) ((index - 1) % values.size()));
  }

  private boolean changed(Arguments arguments) {
    boolean same =
        last.isPresent()
            && Ordering.equal(
                new Tuple(last.get().positional()), new Tuple(arguments.positional()));
    last = same ? last : Optional.of(arguments);
    return !same;
  }

  @Override
  public Object call(Execution run, Arguments arguments) {
    return recursion.apply(arguments.positionalOnly("loop", 1, 1).get(0));
  }
}
