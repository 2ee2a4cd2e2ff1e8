package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** The path that filters take as {@code attribute}: names and indices with points between them. */
record AttributePath(List<Object> parts) {
  static AttributePath of(Object attribute) {
    if (!(attribute instanceof String path)) {
      return new AttributePath(List.of(attribute));
    }
    List<Object> parts = new ArrayList<>();
    for (String part : path.split("\\.", -1)) {
      boolean index = !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
      parts.add(index ? (Object) Long.parseLong(part) : part);
    }
    return new AttributePath(parts);
  }

  Object in(Object item, Object absent) {
    Object value = item;
    for (Object part : parts) {
      value = Members.item(value, part);
      value = value instanceof Undefined && !(absent instanceof None) ? absent : value;
    }
    return value;
  }

  Object in(Object item) {
    return in(item, None.NONE);
  }
}
