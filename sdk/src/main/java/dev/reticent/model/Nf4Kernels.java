package dev.reticent.model;

import dev.reticent.engine.NativeOperators.Operand;
import dev.reticent.engine.NativeOperators.Signature;
import dev.reticent.model.CardKernels.Launch;
import java.util.ArrayList;
import java.util.List;

/** NF4 weights on cards, by {@code nf4.cu}. */
final class Nf4Kernels {

  /** Fills the matrix m; 0 when that is done. */
  static final String UNPACK = "ops.reticent.nf4_unpack(data, scale, extra, pairs, scales, m)";

  static final List<CardKernels.Operator> OPERATORS =
      List.of(new CardKernels.Operator(new Signature("nf4_unpack", 6, 1, 0), Nf4Kernels::unpack));

  private Nf4Kernels() {}

  /** (data, scale, extra, pairs, scales, matrix). */
  private static boolean unpack(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand data = tensors.get(0);
    Operand matrix = tensors.get(5);
    if (!CardKernels.fit(matrix)
        || data.elements() % CardKernels.PIECE != 0
        || data.address() % CardKernels.PIECE != 0) {
      return false;
    }
    List<Long> parameters = new ArrayList<>();
    tensors.forEach(tensor -> parameters.add(tensor.address()));
    parameters.add(data.elements());
    long blocks = CardKernels.parts(data.elements() / CardKernels.PIECE, CardKernels.THREADS);
    launch.run("nf4_unpack_bf16", matrix.device(), blocks, CardKernels.THREADS, parameters);
    return true;
  }
}
