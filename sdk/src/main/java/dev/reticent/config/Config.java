package dev.reticent.config;

import dev.reticent.api.Internal;
import dev.reticent.config.YamlNode.Entry;
import dev.reticent.config.YamlNode.Mapping;
import dev.reticent.config.YamlNode.Scalar;
import dev.reticent.config.YamlNode.Sequence;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Settings as a user wrote them: a YAML file with overrides, or built in code. Immutable.
 *
 * <p>Nothing has a type until a reader asks ({@link #as}), so {@code 010}, {@code 1:30} and {@code
 * no} never turn into other values. Nothing comes from the environment.
 */
public final class Config {
  private record Fault(Place place, String message) {}

  private final String source;
  private final Mapping root;
  private final List<Fault> faults;

  private Config(String source, Mapping root, List<Fault> faults) {
    this.source = source;
    this.root = root;
    this.faults = List.copyOf(faults);
  }

  /** Settings to be filled in code. */
  public static Config empty() {
    return new Config("settings", new Mapping(new Place("settings", 1, 1), Map.of()), List.of());
  }

  /**
   * @throws UserInputException when the file cannot be read or is not YAML
   */
  public static Config read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new UserInputException(file + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new UserInputException(file + ": not a UTF-8 text", e);
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * @param source names the text in messages
   */
  public static Config parse(String source, String yaml) {
    List<Fault> faults = new ArrayList<>();
    YamlNode node = YamlParser.parseFile(source, yaml, (p, m) -> faults.add(new Fault(p, m)));
    if (node instanceof Mapping mapping) {
      return new Config(source, mapping, faults);
    }
    throw new UserInputException(
        node.place()
            + ": found "
            + node.found()
            + ", expected keys with values, such as epochs: 3");
  }

  /**
   * Applies {@code key=value} or {@code ~key} (removes). Keys may have dots; a value that starts
   * with a bracket, brace or quote is YAML, any other is taken as it stands.
   */
  public Config withOverride(String override) {
    Place place = Place.override(override);
    if (override.startsWith("~")) {
      return without(place, override.substring(1));
    }
    int equals = override.indexOf('=');
    if (equals < 1) {
      return fault(place, "expected key=value, or ~key to remove a key");
    }
    List<Fault> found = new ArrayList<>(faults);
    String text = override.substring(equals + 1).strip();
    YamlNode value =
        text.matches("(?s)[\\[{\"'].*")
            ? YamlParser.parseValue(place, text, (p, m) -> found.add(new Fault(p, m)))
            : new Scalar(place, text, true);
    return new Config(source, root, found).put(place, override.substring(0, equals).strip(), value);
  }

  public Config withOverrides(List<String> overrides) {
    Config config = this;
    for (String override : overrides) {
      config = config.withOverride(override);
    }
    return config;
  }

  /**
   * @param value a text, number, boolean, enum constant, path, or a list or map of such
   */
  public Config with(String key, Object value) {
    Place place = Place.override(key + "=" + value);
    return put(place, key, CodeValues.node(place, value));
  }

  public Config without(String key) {
    return without(Place.override("~" + key), key);
  }

  /** Whether a key is written there, with dots for keys inside others. */
  public boolean has(String key) {
    Mapping mapping = root;
    String rest = key;
    for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.')) {
      Entry entry = mapping.entries().get(rest.substring(0, dot));
      if (entry == null || !(entry.value() instanceof Mapping inner)) {
        return false;
      }
      mapping = inner;
      rest = rest.substring(dot + 1);
    }
    return mapping.entries().containsKey(rest);
  }

  /**
   * Reads the settings.
   *
   * @throws UserInputException naming every problem with its place
   */
  public <T> T as(Function<Section, T> reader) {
    return read(new Reading(root, problems()), reader);
  }

  /** These settings with every default written out. */
  public Config resolved(Function<Section, ?> reader) {
    Reading reading = new Reading(root, problems());
    read(reading, reader);
    return new Config(source, reading.resolvedTree(), List.of());
  }

  private <T> T read(Reading reading, Function<Section, T> reader) {
    T value = reader.apply(Section.root(reading, true));
    reading.reportUnknown();
    reading.problems.raise(source);
    return value;
  }

  /** The keys that a reader declares, in its order. */
  public static List<KeyReference> reference(Function<Section, ?> reader) {
    Reading reading = new Reading(empty().root, new Problems());
    Object unused = reader.apply(Section.root(reading, false));
    return List.copyOf(reading.declared);
  }

  /**
   * The keys whose values are others than in an earlier file, each with both, in words.
   *
   * @param earlier with the same defaults filled in
   */
  @Internal
  public List<String> changesFrom(Config earlier) {
    Map<String, String> before = new TreeMap<>();
    Map<String, String> now = new TreeMap<>();
    collect(earlier.root, "", before);
    collect(root, "", now);
    Set<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(now.keySet());
    return keys.stream()
        .filter(key -> !Objects.equals(before.get(key), now.get(key)))
        .map(
            key ->
                "%s: %s then, %s now"
                    .formatted(
                        key, before.getOrDefault(key, "nothing"), now.getOrDefault(key, "nothing")))
        .toList();
  }

  private static void collect(YamlNode node, String path, Map<String, String> values) {
    if (node instanceof Mapping mapping) {
      mapping
          .entries()
          .forEach(
              (key, entry) ->
                  collect(entry.value(), path.isEmpty() ? key : path + "." + key, values));
    } else if (node instanceof Sequence sequence) {
      List<String> items =
          sequence.items().stream()
              .map(item -> item instanceof Scalar scalar ? scalar.text() : "…")
              .toList();
      values.put(path, items.toString());
    } else if (node instanceof Scalar scalar) {
      values.put(path, scalar.isNull() ? "nothing" : scalar.text());
    }
  }

  public String toYaml() {
    return YamlWriter.write(root);
  }

  private Problems problems() {
    Problems problems = new Problems();
    faults.forEach(fault -> problems.add(fault.place(), fault.message()));
    return problems;
  }

  private Config put(Place place, String key, YamlNode value) {
    List<Fault> found = new ArrayList<>(faults);
    Mapping changed = put(root, place, "", key, value, found);
    return new Config(source, changed, found);
  }

  private static Mapping put(
      Mapping mapping, Place place, String prefix, String key, YamlNode value, List<Fault> found) {
    int dot = key.indexOf('.');
    if (dot < 0) {
      return mapping.with(key, new Entry(place, value));
    }
    String name = key.substring(0, dot);
    Entry entry = mapping.entries().get(name);
    Mapping inner = new Mapping(place, Map.of());
    if (entry != null && entry.value() instanceof Mapping existing) {
      inner = existing;
    } else if (entry != null && !entry.value().isNull()) {
      String problem = " holds " + entry.value().found() + " and has no keys inside";
      found.add(new Fault(place, prefix + name + " at " + entry.place() + problem));
      return mapping;
    }
    String rest = key.substring(dot + 1);
    Mapping changed = put(inner, place, prefix + name + ".", rest, value, found);
    return mapping.with(name, new Entry(entry == null ? place : entry.place(), changed));
  }

  private Config without(Place place, String key) {
    List<Fault> found = new ArrayList<>(faults);
    return new Config(source, without(root, place, "", key, found), found);
  }

  private static Mapping without(
      Mapping mapping, Place place, String prefix, String key, List<Fault> found) {
    int dot = key.indexOf('.');
    String name = dot < 0 ? key : key.substring(0, dot);
    Entry entry = mapping.entries().get(name);
    if (entry != null && dot < 0) {
      return mapping.without(name);
    }
    if (entry != null && entry.value() instanceof Mapping inner) {
      String rest = key.substring(dot + 1);
      Mapping changed = without(inner, place, prefix + name + ".", rest, found);
      return mapping.with(name, new Entry(entry.place(), changed));
    }
    String near = Suggestion.of(name, mapping.entries().keySet());
    found.add(new Fault(place, prefix + name + ": not there, so it cannot be removed" + near));
    return mapping;
  }

  private Config fault(Place place, String message) {
    List<Fault> found = new ArrayList<>(faults);
    found.add(new Fault(place, message));
    return new Config(source, root, found);
  }
}
