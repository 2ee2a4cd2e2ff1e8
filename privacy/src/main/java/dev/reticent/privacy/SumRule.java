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
