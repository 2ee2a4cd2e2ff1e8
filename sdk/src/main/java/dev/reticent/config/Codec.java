package dev.reticent.config;

import dev.reticent.config.YamlNode.Scalar;
import dev.reticent.config.YamlNode.Sequence;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a value of one type is read from a node and written back.
 *
 * @param expected what a message says was expected, and the documentation as the type
 * @param read empty when the node is not such a value
 * @param placeholder stands for a value that could not be read, until the problems are raised
 */
record Codec<T>(
    String expected,
    Function<YamlNode, Optional<T>> read,
    Function<T, YamlNode> write,
    T placeholder) {
  private static final Place NOWHERE = new Place("", 1, 1);

  static final Codec<Integer> INTEGER =
      new Codec<>("a whole number", ScalarTypes::integer, Codec::plain, 0);
  static final Codec<Long> WHOLE =
      new Codec<>("a whole number", ScalarTypes::whole, Codec::plain, 0L);
  static final Codec<Double> NUMBER =
      new Codec<>("a number", ScalarTypes::number, Codec::plain, 0.0);
  static final Codec<Boolean> TRUTH =
      new Codec<>("true or false", ScalarTypes::truth, Codec::plain, false);
  static final Codec<String> TEXT =
      new Codec<>("a text", ScalarTypes::text, text -> new Scalar(NOWHERE, text, false), "");
  static final Codec<Path> PATH =
      new Codec<>("a path", Codec::path, p -> TEXT.write().apply(p.toString()), Path.of(""));

  static <T> Codec<T> choice(Map<String, T> choices) {
    return new Codec<>(
        choices.size() == 1
            ? choices.keySet().iterator().next()
            : "one of " + String.join(", ", choices.keySet()),
        node -> ScalarTypes.text(node).flatMap(t -> Optional.ofNullable(choices.get(t))),
        value ->
            choices.entrySet().stream()
                .filter(e -> e.getValue().equals(value))
                .findFirst()
                .map(e -> TEXT.write().apply(e.getKey()))
                .orElseThrow(() -> new IllegalArgumentException("no choice is " + value)),
        choices.values().iterator().next());
  }

  /** A list of such values; a single one stands for a list of one. */
  static <T> Codec<List<T>> list(Codec<T> item, String plural) {
    return new Codec<>(
        "a list of " + plural,
        node -> {
          List<T> values = new ArrayList<>();
          List<YamlNode> items = node instanceof Sequence s ? s.items() : List.of(node);
          items.forEach(i -> item.read().apply(i).ifPresent(values::add));
          return values.size() == items.size()
              ? Optional.of(List.copyOf(values))
              : Optional.empty();
        },
        values -> new Sequence(NOWHERE, values.stream().map(item.write()).toList()),
        List.of());
  }

  private static Scalar plain(Object value) {
    return new Scalar(NOWHERE, value.toString(), true);
  }

  private static Optional<Path> path(YamlNode node) {
    try {
      return ScalarTypes.text(node).filter(t -> !t.isBlank()).map(Path::of);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
