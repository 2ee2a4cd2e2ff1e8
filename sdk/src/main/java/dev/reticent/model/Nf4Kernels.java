package dev.reticent.model;

import dev.reticent.engine.NativeOperators.Operand;
import dev.reticent.engine.NativeOperators.Signature;
import dev.reticent.model.CardKernels.Launch;
import dev.reticent.weights.Nf4;
import java.util.ArrayList;
import java.util.List;

/** NF4 weights on cards, by {@code nf4.cu}. */
final class Nf4Kernels {

  /** Rows that a product may have: more are faster from the matrix itself. */
  static final int MOST_ROWS = 4;

  /** Fills the matrix m; 0 when that is done. */
  static final String UNPACK = "ops.reticent.nf4_unpack(data, scale, extra, pairs, scales, m)";

  /** Fills y; 0 when that is done. */
  static final String PRODUCT =
      "ops.reticent.nf4_product(x, data, scale, extra, pairs, scales, y, x.size(0))";

  static final List<CardKernels.Operator> OPERATORS =
      List.of(
          new CardKernels.Operator(new Signature("nf4_unpack", 6, 1, 0), Nf4Kernels::unpack),
          new CardKernels.Operator(new Signature("nf4_product", 7, 1, 1), Nf4Kernels::product));

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

  /** (x, data, scale, extra, pairs, scales, y; rows), x [rows,in] and y [rows,out]. */
  private static boolean product(List<Operand> tensors, long[] numbers, Launch launch) {
    Operand x = tensors.get(0);
    Operand data = tensors.get(1);
    Operand y = tensors.get(6);
    long rows = numbers[0];
    long in = x.elements() / rows;
    long out = y.elements() / rows;
    if (rows > MOST_ROWS
        || in * out != 2 * data.elements()
        || in % Nf4.BLOCK != 0
        || !CardKernels.fit(x)
        || y.type() != CardKernels.BFLOAT16
        || data.address() % CardKernels.PIECE != 0) {
      return false;
    }
    List<Long> parameters = new ArrayList<>();
    tensors.forEach(tensor -> parameters.add(tensor.address()));
    parameters.addAll(List.of(in, out, rows));
    long blocks = CardKernels.parts(out, CardKernels.THREADS / 32);
    launch.run("nf4_product_bf16", y.device(), blocks, CardKernels.THREADS, parameters);
    return true;
  }
}
