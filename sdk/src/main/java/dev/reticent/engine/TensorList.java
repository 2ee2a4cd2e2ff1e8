package dev.reticent.engine;

import java.util.List;

/**
 * Tensors that a program takes as one {@code List[Tensor]}.
 *
 * <p>A tensor belongs to at most one list, under one name, for its whole life: DJL tells the lists
 * of a call apart by the names of their elements, and weights are shared by threads, so a name must
 * never change once it is given.
 *
 * @param name told apart from the other lists of the same call; any short word
 * @param tensors at least one
 */
public record TensorList(String name, List<Tensor> tensors) {

  public TensorList {
    tensors = List.copyOf(tensors);
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("list " + name + " must hold at least one tensor");
    }
    for (Tensor tensor : tensors) {
      tensor.join(name + "[]");
    }
  }
}
