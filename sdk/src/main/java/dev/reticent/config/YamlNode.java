package dev.reticent.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML tree whose scalars are still text: what they mean depends on who asks. */
sealed interface YamlNode {
  Place place();

  /** What a message says was found. */
  String found();

  /**
   * @param plain written without quotes, so that it may be a number, true, false or null
   */
  record Scalar(Place place, String text, boolean plain) implements YamlNode {
    @Override
    public String found() {
      return isNull() ? "nothing" : plain ? "'" + text + "'" : "the text \"" + text + "\"";
    }

    @Override
    public boolean isNull() {
      return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
    }
  }

  record Sequence(Place place, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String found() {
      return items.isEmpty() ? "an empty list" : "a list";
    }
  }

  /** Keys keep the order in which they were written. */
  record Mapping(Place place, Map<String, Entry> entries) implements YamlNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    Mapping with(String key, Entry entry) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.put(key, entry);
      return new Mapping(place, changed);
    }

    Mapping without(String key) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.remove(key);
      return new Mapping(place, changed);
    }

    @Override
    public String found() {
      return entries.isEmpty() ? "an empty mapping" : "a mapping";
    }
  }

  /**
   * @param place where the key stands
   */
  record Entry(Place place, YamlNode value) {}

  default boolean isNull() {
    return false;
  }
}
