package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.engine.Tensor;
import java.util.List;

/**
 * A layer's tensors for the length of one call.
 *
 * @param end what gives them back
 */
@Internal
public record LayerLease(List<Tensor> tensors, Runnable end) implements AutoCloseable {
  @Override
  public void close() {
    end.run();
  }
}
