package dev.reticent.text.jinja;

import java.util.List;
import java.util.Optional;

/** The values of {@code cycler(…)} in turn. */
final class Cycler {
  private final List<Object> items;
  private int at;

  Cycler(List<Object> items) {
    this.items = items;
  }

  Optional<Object> member(String name) {
    return switch (name) {
      case "current" -> Optional.of(items.get(at));
      case "next" -> Optional.of((Callable) (run, arguments) -> next(arguments));
      case "reset" -> Optional.of((Callable) (run, arguments) -> reset(arguments));
      default -> Optional.empty();
    };
  }

  private Object next(Arguments arguments) {
    arguments.positionalOnly("next", 0, 0);
    Object item = items.get(at);
    at = (at + 1) % items.size();
    return item;
  }

  private Object reset(Arguments arguments) {
    arguments.positionalOnly("reset", 0, 0);
    at = 0;
    return None.NONE;
  }
}
