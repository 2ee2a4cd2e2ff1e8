package dev.reticent.model;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.NormPlace;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.NativeOperators;
import dev.reticent.engine.Tensor;
import java.util.List;

/** Where a model's weights lie on its device, for kernels that take addresses. */
final class StepWeights {

  /** Torch's numbers of types. */
  private static final int BYTES = 0;

  private static final int FLOAT32 = 6;

  private final ModelConfig config;
  private final LayerLayout layout;
  private final List<Tensor> weights;
  private final List<Tensor> head;

  /**
   * @param weights of all layers, behind the tables of NF4
   */
  StepWeights(ModelConfig config, List<Tensor> weights, List<Tensor> head) {
    this.config = config;
    this.layout = new LayerLayout(config);
    this.weights = weights;
    this.head = head;
  }

  /** The embedding table. */
  long embedding() {
    return narrow(head.get(layout.embedding()));
  }

  /** The factors of the last norm. */
  long lastNorm() {
    return address(head.get(LayerLayout.TABLES), FLOAT32);
  }

  /** The output matrix. */
  long output() {
    return narrow(head.get(layout.outputMatrix()));
  }

  /** Its bias, or 0. */
  long outputBias() {
    return optional(head.get(layout.outputMatrix() + LayerLayout.MODULE_TENSORS - 1));
  }

  /** The factors of a layer's norm. */
  long norm(int layer, NormPlace place) {
    List<NormPlace> places = List.copyOf(config.architecture().norms().places().keySet());
    int at = LayerLayout.TABLES + layer * layout.layerTensors() + places.indexOf(place);
    return address(weights.get(at), FLOAT32);
  }

  /** Whether a matrix is in NF4. */
  boolean packed(int layer, Projection projection) {
    return operand(weights.get(place(layer, projection))).type() == BYTES;
  }

  private int place(int layer, Projection projection) {
    return layout.module(layer, StepModels.MODULES.indexOf(projection));
  }

  /** The matrix, with its scales in NF4, and the bias. */
  List<Long> matrix(int layer, Projection projection) {
    int at = place(layer, projection);
    long bias = optional(weights.get(at + LayerLayout.MODULE_TENSORS - 1));
    return packed(layer, projection)
        ? List.of(
            address(weights.get(at), BYTES),
            address(weights.get(at + 1), BYTES),
            address(weights.get(at + 2), FLOAT32),
            bias)
        : List.of(address(weights.get(at), CardKernels.BFLOAT16), bias);
  }

  /** What NF4's bytes and scales stand for. */
  List<Long> tables() {
    return List.of(address(weights.get(0), FLOAT32), address(weights.get(1), FLOAT32));
  }

  /** A vector in fp32, or 0 where it is absent. */
  private static long optional(Tensor tensor) {
    return operand(tensor).elements() == 0 ? 0 : address(tensor, FLOAT32);
  }

  /** A tensor in bf16. */
  static long narrow(Tensor tensor) {
    return address(tensor, CardKernels.BFLOAT16);
  }

  private static long address(Tensor tensor, int type) {
    NativeOperators.Operand operand = operand(tensor);
    long address = operand.address();
    if (operand.type() != type || address % CardKernels.PIECE != 0) {
      throw new IllegalStateException(
          "a tensor of torch's type %d at %x, where %d is wanted at a multiple of %d"
              .formatted(operand.type(), address, type, CardKernels.PIECE));
    }
    return address;
  }

  private static NativeOperators.Operand operand(Tensor tensor) {
    return NativeOperators.operand(tensor);
  }
}
