package dev.reticent.format;

import dev.reticent.api.Internal;

/** Told after each tensor of a model that is being written. */
@Internal
@FunctionalInterface
public interface TensorsWritten {

  /**
   * @param done tensors that are written
   * @param total tensors in all
   */
  void written(int done, int total);
}
