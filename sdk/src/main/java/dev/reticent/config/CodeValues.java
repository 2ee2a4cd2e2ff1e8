package dev.reticent.config;

import dev.reticent.config.YamlNode.Entry;
import dev.reticent.config.YamlNode.Mapping;
import dev.reticent.config.YamlNode.Scalar;
import dev.reticent.config.YamlNode.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Java values as nodes. */
final class CodeValues {
  private CodeValues() {}

  static YamlNode node(Place place, Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return new Scalar(place, value.toString(), true);
    }
    if (value instanceof Enum<?> constant) {
      return new Scalar(place, constant.name().toLowerCase(Locale.ROOT), false);
    }
    if (value instanceof String || value instanceof Path) {
      return new Scalar(place, value.toString(), false);
    }
    if (value instanceof List<?> list) {
      List<YamlNode> items = new ArrayList<>();
      list.forEach(item -> items.add(node(place, item)));
      return new Sequence(place, items);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Entry> entries = new LinkedHashMap<>();
      map.forEach((k, v) -> entries.put(k.toString(), new Entry(place, node(place, v))));
      return new Mapping(place, entries);
    }
    throw new IllegalArgumentException(
        "a setting may be a text, number, boolean, enum constant, path, list or map, got "
            + value.getClass().getName());
  }
}
