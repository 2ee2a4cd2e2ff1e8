package dev.reticent.privacy;

import java.io.Serializable;

/**
 * By which rule the gradients of a step's units are bounded and added: data that can go to other
 * machines.
 *
 * @param step its number
 * @param clipping C and how it is kept
 * @param curve what rides on the gradients
 * @param dimension P, the number of coordinates of a gradient
 */
public record SumRule(int step, Clipping clipping, PrivateCurve curve, int dimension)
    implements Serializable {

  /** Opens the sum of some of the step's units. */
  public PartialAccumulator accumulator() {
    return new PartialAccumulator(this);
  }

  /**
   * Opens the sum of some of the step's units on the device where their gradients are.
   *
   * @param sum nothing was added to it yet
   */
  public <G> DeviceAccumulator<G> accumulator(DeviceSum<G> sum) {
    return new DeviceAccumulator<>(this, sum);
  }

  /** What weights are multiplied with: shares, the margin for rounding, and the grid. */
  double factor() {
    return (1 - PartialAccumulator.MARGIN) * curve.gradientShare() * grid().unitsOfOne();
  }

  /**
   * What a micro-batch adds to the curve's coordinates.
   *
   * @param squaredNorms [G][B]
   * @param losses [B]
   */
  double[] extra(double[][] squaredNorms, double[] losses) {
    return curve.sums(clipping.clipNorm(), grid(), clipping.clipped(squaredNorms), losses);
  }

  /** Refuses a sum of clipped gradients, without the curve, that so many of them cannot make. */
  void requireBound(int units, double squares) {
    double bound = clipping.clipNorm() * curve.gradientShare();
    requireBound(units, squares, bound * grid().unitsOfOne());
  }

  /** P and the curve's coordinates behind them. */
  int coordinates() {
    return dimension + curve.coordinates();
  }

  FixedPoint grid() {
    return FixedPoint.forClipNorm(clipping.clipNorm());
  }

  /**
   * Refuses a sum that so many bounded contributions cannot make.
   *
   * @param squares the sum's squared L2 norm
   * @param bound of one unit's contribution
   */
  static void requireBound(int units, double squares, double bound) {
    double most = units * bound;
    if (!(squares <= most * most)) {
      throw new IllegalStateException(
          ("the sum of %d clipped gradients has the norm %s, more than %d times %s: the gradients"
                  + " are not those whose norms were given, so nothing is released")
              .formatted(units, Math.sqrt(squares), units, bound));
    }
  }
}
