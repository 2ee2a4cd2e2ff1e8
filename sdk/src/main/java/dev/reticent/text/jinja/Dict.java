package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Python's dict: in the order of insertion; 1, 1.0 and True are one key. Read only once made. */
final class Dict {
  private final Map<Object, Entry> entries = new LinkedHashMap<>();

  /** A key as it was first given, and its value. */
  record Entry(Object key, Object value) {}

  static Dict of(Map<String, Object> values) {
    Dict dict = new Dict();
    values.forEach(dict::put);
    return dict;
  }

  void put(Object key, Object value) {
    entries.merge(hashed(key), new Entry(key, value), (old, now) -> new Entry(old.key(), value));
  }

  void putAll(Dict other) {
    other.entries().forEach(entry -> put(entry.key(), entry.value()));
  }

  Optional<Object> get(Object key) {
    return Optional.ofNullable(entries.get(hashed(key))).map(Entry::value);
  }

  boolean contains(Object key) {
    return entries.containsKey(hashed(key));
  }

  int size() {
    return entries.size();
  }

  Collection<Entry> entries() {
    return entries.values();
  }

  List<Object> keys() {
    return new ArrayList<>(entries.values().stream().map(Entry::key).toList());
  }

  /** Equal keys become equal Java objects; what cannot be a key is refused. */
  static Object hashed(Object key) {
    if (key instanceof Boolean || key instanceof Long) {
      return Numbers.integer(key);
    }
    if (key instanceof Double number) {
      boolean whole = number == Math.rint(number) && !Double.isInfinite(number);
      return whole ? Numbers.wholeOf(number) : number;
    }
    if (key instanceof Tuple tuple) {
      return new Tuple(tuple.items().stream().map(Dict::hashed).toList());
    }
    if (key instanceof List || key instanceof Dict) {
      throw TemplateException.failed("unhashable type: '" + PythonType.name(key) + "'");
    }
    return key instanceof Markup markup ? markup.text() : key;
  }
}
