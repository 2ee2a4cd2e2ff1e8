package dev.reticent.config;

import dev.reticent.api.Internal;
import dev.reticent.config.YamlNode.Entry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A mapping of a config while it is read: each call declares a key with its type, limits,
 * description and default, and gives its value.
 *
 * <pre>{@code
 * new Schedule(
 *     section.choice("name", Shape.class).describedAs("The shape.").orElse(Shape.CONSTANT),
 *     section.integer("warmup_steps").atLeast(0).describedAs("Steps to the full rate.").orElse(0));
 * }</pre>
 *
 * <p>The declaration is the only one: the documentation of the keys comes from it too. A reader
 * therefore declares the same keys whatever the values are.
 */
@Internal
public final class Section {
  private final Reading reading;
  private final String prefix;
  private final Place place;
  private final boolean there;

  private Section(Reading reading, String prefix, Place place, boolean there) {
    this.reading = reading;
    this.prefix = prefix;
    this.place = place;
    this.there = there;
  }

  static Section root(Reading reading, boolean there) {
    return new Section(reading, "", reading.root.place(), there);
  }

  public Key<String> text(String name) {
    return new Key<>(this, prefix + name, Codec.TEXT);
  }

  /** Relative paths start at the current folder. */
  public Key<Path> path(String name) {
    return new Key<>(this, prefix + name, Codec.PATH);
  }

  public Key<Boolean> flag(String name) {
    return new Key<>(this, prefix + name, Codec.TRUTH);
  }

  public NumberKey<Integer> integer(String name) {
    return new NumberKey<>(this, prefix + name, Codec.INTEGER);
  }

  public NumberKey<Long> whole(String name) {
    return new NumberKey<>(this, prefix + name, Codec.WHOLE);
  }

  public NumberKey<Double> number(String name) {
    return new NumberKey<>(this, prefix + name, Codec.NUMBER);
  }

  public Key<List<String>> texts(String name) {
    return new Key<>(this, prefix + name, Codec.list(Codec.TEXT, "texts"));
  }

  public Key<List<Double>> numbers(String name) {
    return new Key<>(this, prefix + name, Codec.list(Codec.NUMBER, "numbers"));
  }

  /** One of the constants, spelt in small letters. */
  public <E extends Enum<E>> Key<E> choice(String name, Class<E> type) {
    Map<String, E> choices = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      choices.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    return choice(name, choices);
  }

  /** One of the names; where several mean the same, the first is the one we write. */
  public <T> Key<T> choice(String name, Map<String, T> choices) {
    return new Key<>(this, prefix + name, Codec.choice(choices));
  }

  /** Some of the names, in the order given. */
  public <T> Key<List<T>> choices(String name, Map<String, T> choices) {
    Codec<T> codec = Codec.choice(choices);
    return new Key<>(this, prefix + name, Codec.list(codec, String.join(", ", choices.keySet())));
  }

  /** A mapping inside this one; when it is not there all its keys have their defaults. */
  public <T> T section(String name, String description, Function<Section, T> reader) {
    declareSection(name, "its defaults", description);
    return reader.apply(child(name, there));
  }

  /** A mapping whose absence, or null, means something. */
  public <T> Optional<T> optionalSection(
      String name, String description, Function<Section, T> reader) {
    declareSection(name, "none", description);
    boolean given =
        there && reading.find(prefix + name).filter(e -> !e.value().isNull()).isPresent();
    T value = reader.apply(child(name, given));
    if (!given) {
      resolve(prefix + name, new YamlNode.Scalar(place, "", true));
    }
    return given ? Optional.of(value) : Optional.empty();
  }

  /**
   * Notes a problem between keys when the condition does not hold.
   *
   * @param keys the keys it is about, the one to show first; when one of them already has a problem
   *     nothing is noted
   */
  public void check(boolean condition, String message, String... keys) {
    for (String key : keys) {
      if (reading.isWrong(prefix + key)) {
        return;
      }
    }
    if (!condition) {
      Place at =
          Arrays.stream(keys)
              .flatMap(key -> find(prefix + key).stream())
              .map(Entry::place)
              .findFirst()
              .orElse(place);
      wrong(prefix + keys[0], at, prefix + keys[0] + ": " + message);
    }
  }

  private Section child(String name, boolean given) {
    Optional<Entry> entry = find(prefix + name);
    Place at = entry.map(Entry::place).orElse(place);
    return new Section(reading, prefix + name + ".", at, given);
  }

  private void declareSection(String name, String preset, String description) {
    reading.declareSection(prefix + name);
    reading.declared.add(
        new KeyReference(prefix + name, "a mapping", preset, description, List.of()));
  }

  /**
   * Notes what to write instead of a key that is not known here but may be written all the same.
   */
  public void foreign(String name, String cure) {
    reading.cures.put(prefix + name, cure);
  }

  Place place() {
    return place;
  }

  Optional<Entry> find(String path) {
    return reading.find(path);
  }

  void declare(KeyReference key) {
    reading.declareLeaf(key.path());
    key.spellings().forEach(reading::declareLeaf);
    reading.declared.add(key);
  }

  void resolve(String path, YamlNode value) {
    if (there || value.isNull()) {
      reading.resolved.put(path, value);
    }
  }

  void wrong(String path, Place at, String message) {
    if (there) {
      reading.wrong(path, at, message);
    }
  }
}
