package dev.reticent.config;

import dev.reticent.api.Internal;
import dev.reticent.config.YamlNode.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A key being declared: its type is known, then come its limits, its description and, last, its
 * default, which reads the value.
 *
 * <p>A value that cannot be used is noted as a problem and replaced by the default until the whole
 * file has been read; then all problems are raised together.
 */
@Internal
public class Key<T> {
  private record Limit<T>(String text, Predicate<T> holds) {}

  private final Section section;
  private final String path;
  private final Codec<T> codec;
  private final List<Limit<T>> limits = new ArrayList<>();
  private final List<String> spellings = new ArrayList<>();
  private String description = "";

  Key(Section section, String path, Codec<T> codec) {
    this.section = section;
    this.path = path;
    this.codec = codec;
  }

  /** Adds a limit; the text goes on from the type, as in "a text" + " of at most 10 letters". */
  public Key<T> limited(String text, Predicate<T> holds) {
    limits.add(new Limit<>(text, holds));
    return this;
  }

  /** Accepts the same setting under another path, given from the root of the file. */
  public Key<T> alsoSpelt(String otherPath) {
    spellings.add(otherPath);
    return this;
  }

  public Key<T> describedAs(String text) {
    description = text.strip().replaceAll("\\s+", " ");
    return this;
  }

  /** The value, or this when the key is not there. */
  public T orElse(T preset) {
    YamlNode node = codec.write().apply(preset);
    Optional<T> value = read(YamlWriter.inline(node), false);
    section.resolve(path, codec.write().apply(value.orElse(preset)));
    return value.orElse(preset);
  }

  /** The value; its absence is a problem. */
  public T required() {
    Optional<T> value = read("required", false);
    if (value.isEmpty() && entries().isEmpty()) {
      section.wrong(path, section.place(), path + ": missing; expected " + expected());
    }
    value.ifPresent(v -> section.resolve(path, codec.write().apply(v)));
    return value.orElse(codec.placeholder());
  }

  /** The value, or empty when the key is not there or null. */
  public Optional<T> optional() {
    Optional<T> value = read("none", true);
    value.ifPresent(v -> section.resolve(path, codec.write().apply(v)));
    return value;
  }

  private Optional<T> read(String preset, boolean nullable) {
    section.declare(new KeyReference(path, expected(), preset, description, spellings));
    List<Entry> entries = entries();
    if (entries.size() > 1) {
      section.wrong(
          path,
          entries.get(1).place(),
          path + ": given twice, in two spellings; the other is at " + entries.get(0).place());
    }
    if (entries.isEmpty() || (nullable && entries.get(0).value().isNull())) {
      return Optional.empty();
    }
    YamlNode node = entries.get(0).value();
    Optional<T> value = codec.read().apply(node);
    if (value.isEmpty() || !limits.stream().allMatch(l -> l.holds().test(value.get()))) {
      section.wrong(
          path,
          node.place(),
          path
              + ": found "
              + found(node)
              + ", expected "
              + expected()
              + (value.isEmpty() ? hint(node) : ""));
      return Optional.empty();
    }
    return value;
  }

  /**
   * The entries that are given; an override takes the place of what the file says in another
   * spelling.
   */
  private List<Entry> entries() {
    List<Entry> found = new ArrayList<>();
    section.find(path).ifPresent(found::add);
    spellings.forEach(spelling -> section.find(spelling).ifPresent(found::add));
    List<Entry> overrides = found.stream().filter(e -> e.place().isOverride()).toList();
    return overrides.isEmpty() ? found : overrides;
  }

  private String expected() {
    StringBuilder text = new StringBuilder(codec.expected());
    for (int i = 0; i < limits.size(); i++) {
      text.append(i == 0 ? " " : " and ").append(limits.get(i).text());
    }
    return text.toString();
  }

  private static String found(YamlNode node) {
    return node instanceof YamlNode.Scalar ? node.found() : YamlWriter.inline(node);
  }

  private String hint(YamlNode node) {
    String text = ScalarTypes.text(node).orElse("");
    if (codec.equals(Codec.TRUTH) && text.matches("(?i)yes|on|y")) {
      return "; write true";
    }
    if (codec.equals(Codec.TRUTH) && text.matches("(?i)no|off|n")) {
      return "; write false";
    }
    if (codec.expected().startsWith("one of ")) {
      return Suggestion.of(text, List.of(codec.expected().substring(7).split(", ")));
    }
    if (text.matches("[-+]?0\\d+(\\.\\d*)?") && !codec.equals(Codec.TEXT)) {
      return "; leave out the leading zero";
    }
    return "";
  }
}
