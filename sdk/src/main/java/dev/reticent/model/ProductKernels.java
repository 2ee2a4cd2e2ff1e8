package dev.reticent.model;

import dev.reticent.engine.NativeOperators.Operand;
import dev.reticent.engine.NativeOperators.Signature;
import dev.reticent.model.CardKernels.Launch;
import dev.reticent.weights.Nf4;
import java.util.ArrayList;
import java.util.List;

/**
 * Products of few rows on cards, by {@code product.cu}: a row gets the same bits in any company.
 */
final class ProductKernels {

  /** Rows that go together. */
  static final int ROWS = 16;

  /** x mᵀ; fills y. */
  static final String PRODUCT = "ops.reticent.product(x, m, y, x.size(0))";

  /** The same with NF4 weights. */
  static final String NF4_PRODUCT =
      "ops.reticent.nf4_product(x, data, scale, extra, pairs, scales, y, x.size(0))";

  static final List<CardKernels.Operator> OPERATORS =
      List.of(
          new CardKernels.Operator(new Signature("product", 3, 1, 1), ProductKernels::product),
          new CardKernels.Operator(
              new Signature("nf4_product", 7, 1, 1), ProductKernels::nf4Product));

  /** Outputs of a block. */
  private static final int OUTPUTS = 16;

  private ProductKernels() {}

  /** (x, m, y; rows), x [rows,in], m [out,in] and y [rows,out]. */
  private static boolean product(List<Operand> tensors, long[] numbers, Launch launch) {
    return CardKernels.fit(tensors.get(1)) && launched("product_bf16", tensors, numbers, launch);
  }

  /** (x, data, scale, extra, pairs, scales, y; rows). */
  private static boolean nf4Product(List<Operand> tensors, long[] numbers, Launch launch) {
    return tensors.get(1).address() % CardKernels.PIECE == 0
        && launched("nf4_product_bf16", tensors, numbers, launch);
  }

  private static boolean launched(
      String kernel, List<Operand> tensors, long[] numbers, Launch launch) {
    Operand x = tensors.get(0);
    Operand y = tensors.get(tensors.size() - 1);
    long rows = numbers[0];
    long in = x.elements() / rows;
    long out = y.elements() / rows;
    if (rows > ROWS || in % Nf4.BLOCK != 0 || !CardKernels.fit(x, y)) {
      return false;
    }
    List<Long> parameters = new ArrayList<>();
    tensors.forEach(tensor -> parameters.add(tensor.address()));
    parameters.addAll(List.of(in, out, rows));
    launch.run(
        kernel, y.device(), CardKernels.parts(out, OUTPUTS), CardKernels.THREADS, parameters);
    return true;
  }
}
