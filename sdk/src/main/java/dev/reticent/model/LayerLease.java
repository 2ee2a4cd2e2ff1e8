package dev.reticent.model;

import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * A layer's tensors for the length of one call.
 *
 * @param end what gives them back
 */
record LayerLease(List<Tensor> tensors, Runnable end) implements AutoCloseable {
  @Override
  public void close() {
    end.run();
  }
}
