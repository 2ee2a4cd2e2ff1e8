package dev.reticent.kernel;

import java.lang.reflect.Field;
import java.util.Optional;

/**
 * The channel of the cell that runs now, kept so that it can be written to after the cell has
 * ended.
 *
 * <p>Kernels drop what is displayed while no cell runs, and give it to another cell while that
 * runs. A stopped run ends a step later than its cell, so its last word would be lost. Both kernels
 * hold the channel in a private field of the same name and offer no other way to it; where it
 * cannot be reached the usual way is taken.
 */
final class LiveDisplays {

  private LiveDisplays() {}

  /** The field {@code env} of a kernel's display stream; empty when no cell runs. */
  static <C> Optional<C> channel(Object displayStream, Class<C> type) {
    try {
      Field field = displayStream.getClass().getDeclaredField("env");
      field.setAccessible(true);
      return Optional.ofNullable(type.cast(field.get(displayStream)));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
