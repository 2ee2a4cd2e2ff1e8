package dev.reticent.privacy;

import java.util.Arrays;

/**
 * The gradients of the examples of one micro-batch, held wherever the engine keeps them.
 *
 * <p>B examples, P coordinates, G clipping groups that partition the coordinates.
 */
public interface PerExampleGradients {

  /** B. */
  int count();

  /** P. */
  int dimension();

  /** G: 1 is enough for flat clipping, one for each layer serves clipping by layer. */
  int groups();

  /**
   * Squared L2 norms by group and example [G][B], computed in fp32 or wider, each within a relative
   * 2⁻¹¹ of the exact one. A norm that is not finite silences its example.
   */
  double[][] squaredNorms();

  /**
   * The losses [B], which are private; one that is not finite counts as absent. Only a {@link
   * PrivateCurve} reads them.
   */
  default double[] losses() {
    double[] none = new double[count()];
    Arrays.fill(none, Double.NaN);
    return none;
  }

  /**
   * Σᵢ rint(w[g][i]·gᵢ) over the examples, for each group's coordinates [P]: each row is rounded to
   * whole numbers by itself, so the sum is exact and says nothing of the rows' order. A weight 0
   * silences NaN. Weighted rows whose norm is that of {@link #squaredNorms} stay below 2³⁷ a
   * coordinate, so that 2¹⁶ of them add up exactly.
   */
  double[] wholeSum(double[][] weights);
}
