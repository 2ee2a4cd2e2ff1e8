package dev.reticent.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import dev.reticent.api.Internal;
import java.util.List;

/**
 * Tensors that programs are handed again and again, such as a model's weights: made into an
 * argument once, where a list is made into one in every call.
 *
 * <p>The tensors stay the caller's, and must be open as long as this is used.
 */
@Internal
public final class TensorList implements AutoCloseable {

  private final IValue value;

  private TensorList(IValue value) {
    this.value = value;
  }

  /**
   * @param tensors not empty
   */
  public static TensorList of(List<Tensor> tensors) {
    return new TensorList(
        IValue.listFrom(tensors.stream().map(Tensor::array).toArray(PtNDArray[]::new)));
  }

  IValue value() {
    return value;
  }

  @Override
  public void close() {
    value.close();
  }
}
