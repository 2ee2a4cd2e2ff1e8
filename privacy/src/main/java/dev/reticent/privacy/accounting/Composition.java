package dev.reticent.privacy.accounting;

import java.util.ArrayList;
import java.util.List;

/**
 * A history in one direction, on a grid.
 *
 * @param counts how often each step is taken
 */
record Composition(List<StepLoss> steps, List<Integer> counts, double delta, Grid grid) {

  /**
   * The bracket, or its upper end alone with 0 below.
   *
   * @throws ArithmeticException when a sum leaves the range of double
   */
  EpsilonBracket bracket(boolean both) {
    List<LossDistribution> above = new ArrayList<>();
    List<LossDistribution> below = new ArrayList<>();
    for (StepLoss step : steps) {
      double origin = Grid.origin(step, grid.tail(), grid.h());
      LossCells cells = LossCells.of(step, grid.tail(), grid.h(), origin);
      above.add(LossDistribution.above(cells));
      if (both) {
        below.add(LossDistribution.below(cells));
      }
    }
    double upper = Math.min(grid.rough(), compose(above).upper(delta));
    double lower = both ? compose(below).lower(delta) : 0;
    return new EpsilonBracket(Math.min(lower, upper), upper);
  }

  private ComposedLoss compose(List<LossDistribution> losses) {
    Tilt tilt = grid.tilt().around(grid.rough(), losses, counts, delta);
    return ComposedLoss.of(losses, counts, grid.h(), tilt, delta);
  }
}
