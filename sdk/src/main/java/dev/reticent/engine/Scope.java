package dev.reticent.engine;

import dev.reticent.api.Internal;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Owns tensors and frees them together.
 *
 * <p>Native memory is never collected, so each step of a loop opens a scope, lets every
 * intermediate tensor fall into it, and closes it. Not thread-safe: one scope serves one thread.
 */
@Internal
public final class Scope implements AutoCloseable {

  private final Set<Tensor> owned = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Takes ownership of a tensor and hands it back. */
  public Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  /** Gives ownership of a tensor to the caller, who closes it. */
  public Tensor release(Tensor tensor) {
    owned.remove(tensor);
    return tensor;
  }

  /** Frees a tensor before the scope ends. */
  public void free(Tensor tensor) {
    release(tensor).close();
  }

  @Override
  public void close() {
    for (Tensor tensor : owned) {
      tensor.close();
    }
    owned.clear();
  }
}
