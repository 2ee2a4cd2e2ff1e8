package dev.reticent.model;

import dev.reticent.engine.NativeOperators.Operand;
import dev.reticent.engine.NativeOperators.Signature;
import dev.reticent.model.CardKernels.Launch;
import dev.reticent.weights.Nf4;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Products of few rows on cards, by {@code product.cu}: a row gets the same bits in any company.
 */
final class ProductKernels {

  /** Rows that go together. */
  static final int ROWS = 16;

  /** x mᵀ, plus `more` if there is any; fills y. */
  static final String PRODUCT = "ops.reticent.product(x, m, more, y, x.size(0))";

  /** x mᵀ for m in NF4, plus `more` if there is any; fills y. */
  static final String NF4_PRODUCT =
      "ops.reticent.nf4_product(x, data, scale, extra, pairs, scales, more, y, x.size(0))";

  /** silu(x gateᵀ)·(x upᵀ); fills y. */
  static final String GATED = "ops.reticent.gated(x, w[i], w[j], y, x.size(0))";

  static final List<CardKernels.Operator> OPERATORS =
      List.of(
          operator("product", 4, "product_bf16"),
          operator("nf4_product", 8, "nf4_product_bf16"),
          operator("gated", 4, "gated_bf16"),
          operator("nf4_gated", 10, "nf4_gated_bf16"));

  /** Outputs that a block makes at a time. */
  private static final int OUTPUTS = 16;

  /**
   * The most blocks where each begins by filling what it looks up: three for 132 multiprocessors.
   */
  private static final int MOST_BLOCKS = 396;

  private ProductKernels() {}

  /**
   * silu(x gateᵀ)·(x upᵀ) for weights in NF4, whose scale and extra stand where the script's
   * constants say.
   */
  static String nf4Gated(Map<String, String> constants) {
    String rest = "w[%1$s], w[%1$s + " + constants.get("scale") + "], w[%1$s + ";
    String three = rest + constants.get("extra") + "], ";
    return "ops.reticent.nf4_gated(x, "
        + three.formatted("i")
        + three.formatted("j")
        + "pairs, scales, y, x.size(0))";
  }

  /** (x [rows,in], … y [rows,out]; rows), all but x read in pieces where they begin at one. */
  private static CardKernels.Operator operator(String name, int tensors, String kernel) {
    return new CardKernels.Operator(
        new Signature(name, tensors, 1, 1),
        (operands, numbers, launch) -> launched(kernel, operands, numbers[0], launch));
  }

  private static boolean launched(String kernel, List<Operand> tensors, long rows, Launch launch) {
    Operand x = tensors.get(0);
    Operand y = tensors.get(tensors.size() - 1);
    long in = x.elements() / rows;
    long out = y.elements() / rows;
    List<Long> parameters = new ArrayList<>();
    tensors.forEach(tensor -> parameters.add(tensor.address()));
    boolean aligned =
        parameters.get(1) % CardKernels.PIECE == 0
            && parameters.stream().allMatch(address -> address % Integer.BYTES == 0);
    if (rows > ROWS || in % Nf4.BLOCK != 0 || !aligned || !CardKernels.fit(x)) {
      return false;
    }
    parameters.addAll(List.of(in, out, rows));
    long tiles = CardKernels.parts(out, OUTPUTS);
    long blocks = kernel.startsWith("nf4") ? Math.min(MOST_BLOCKS, tiles) : tiles;
    launch.run(kernel, y.device(), blocks, CardKernels.THREADS, parameters);
    return true;
  }
}
