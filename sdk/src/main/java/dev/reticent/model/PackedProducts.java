package dev.reticent.model;

import dev.reticent.engine.Program;
import dev.reticent.engine.Script;

/**
 * Products with few rows by oneDNN, from matrices that it has laid out for itself.
 *
 * <p>Other libraries add in another order for one row than for eight, so that a lone row had to be
 * padded for the sake of its last bits. These give a row the same bits in any company, and take
 * less time for eight rows. Not every libtorch has them: a Mac's goes without.
 */
public final class PackedProducts {

  /** The matrix m [out,in], laid out. */
  static final String MATRIX =
      "ops.mkldnn._reorder_linear_weight(torch.contiguous(m), " + DecoderProgram.ROWS + ")";

  /** x mᵀ, with m laid out. */
  static final String PRODUCT =
      "ops.mkldnn._linear_pointwise(x, m, None, \"none\", annotate(List[Optional[number]], []),"
          + " \"\")";

  /** f(some mᵀ) for the function that {@code then} names. */
  static final String THEN =
      "ops.mkldnn._linear_pointwise(some, m, None, then, annotate(List[Optional[number]], []),"
          + " \"\")";

  /** some mᵀ, added to or multiplied by {@code beside}. */
  static final String BESIDE = "ops.mkldnn._linear_pointwise(some, beside, m, None, then)";

  private static final class Holder {
    static final boolean AVAILABLE = compiles();
  }

  private PackedProducts() {}

  /** Whether libtorch here has them. */
  public static boolean available() {
    return Holder.AVAILABLE;
  }

  private static boolean compiles() {
    String probe =
        "  def both(self, x: Tensor, m: Tensor) -> Tensor:\n    m = "
            + MATRIX
            + "\n    return "
            + PRODUCT
            + "\n\n"
            + "  def more(self, some: Tensor, m: Tensor, beside: Tensor, then: str) -> Tensor:\n"
            + "    y = "
            + THEN
            + "\n    return "
            + BESIDE
            + "\n";
    try {
      Program.compile(new Script("PackedProbe", probe)).close();
      return true;
    } catch (IllegalArgumentException e) {
      return false; // libtorch knows no such operators
    }
  }
}
