package dev.reticent.text.jinja;

import java.util.List;

/** What {@code keys()}, {@code values()} and {@code items()} of a dict give. */
record DictView(Kind kind, Dict dict) {
  enum Kind {
    KEYS,
    VALUES,
    ITEMS;

    String typeName() {
      return "dict_" + name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  List<Object> items() {
    return dict.entries().stream().map(this::part).toList();
  }

  private Object part(Dict.Entry entry) {
    return switch (kind) {
      case KEYS -> entry.key();
      case VALUES -> entry.value();
      case ITEMS -> Tuple.of(entry.key(), entry.value());
    };
  }
}
