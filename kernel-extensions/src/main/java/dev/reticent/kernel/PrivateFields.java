package dev.reticent.kernel;

import java.lang.reflect.Field;
import java.util.Optional;

/** What kernels hold in private fields and offer no other way to. */
final class PrivateFields {

  private PrivateFields() {}

  /** A field's value; empty where it is null, is called otherwise or cannot be reached. */
  static <T> Optional<T> read(Object owner, String name, Class<T> type) {
    try {
      return Optional.ofNullable(type.cast(field(owner.getClass(), name).get(owner)));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Sets a field; where that cannot be done all stays as it is. */
  static void write(Object owner, String name, Object value) {
    try {
      field(owner.getClass(), name).set(owner, value);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return;
    }
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      try {
        Field field = at.getDeclaredField(name);
        field.setAccessible(true);
        return field;
      } catch (NoSuchFieldException e) {
        // It may be one of the superclass.
      }
    }
    throw new NoSuchFieldException(name);
  }
}
