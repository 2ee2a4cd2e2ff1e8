package dev.reticent.model;

import dev.reticent.engine.TensorList;

/**
 * A layer's tensors for the length of one call.
 *
 * @param end what gives them back
 */
record LayerLease(TensorList tensors, Runnable end) implements AutoCloseable {
  @Override
  public void close() {
    end.run();
  }
}
