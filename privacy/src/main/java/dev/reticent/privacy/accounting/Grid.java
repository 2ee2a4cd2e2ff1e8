package dev.reticent.privacy.accounting;

import java.util.ArrayList;
import java.util.List;

/**
 * Where and how finely the losses of a history are followed, chosen on coarse distributions.
 * Nothing here has to be right for a bound to be valid: what a choice leaves out is counted on the
 * fine ones.
 *
 * @param tail the mass of a step left out at each end
 * @param h between dots
 * @param tilt the exponent and the window
 * @param rough an upper bound on ε, of the coarse distributions
 */
record Grid(double tail, double h, Tilt tilt, double rough) {
  private static final int COARSE = 1 << 12;
  private static final int COARSE_WINDOW = 1 << 16;
  private static final int USUAL_SIZE = 1 << 16;

  /** With some room for a wider window, what {@link PreciseSpectrum} takes. */
  private static final int PRECISE_SIZE = PreciseSpectrum.LARGEST / 2;

  private static final int LARGEST_SIZE = 1 << 21;
  private static final double FINE = 2e-6;
  private static final double GOOD = 1e-4;
  private static final double FINE_SQUARES = 2e-7;
  private static final double SHARE = 1e-6;

  /** Of many steps some of the losses are so large that they would need a wide window. */
  private static final double SHARE_OF_MANY = 3e-5;

  private static final int MANY = 1000;
  private static final int EDGE_CELLS = 1024;

  static Grid of(List<StepLoss> steps, List<Integer> counts, double delta) {
    long total = counts.stream().mapToLong(Integer::longValue).sum();
    double tail = tail(total, delta);
    double span = steps.stream().mapToDouble(step -> step.span(tail)).max().orElse(0);
    double h = Math.max(span / COARSE, 1e-12);
    List<LossDistribution> coarse = above(steps, tail, h);
    Tilt first = Tilt.ofChernoff(coarse, counts, delta);
    if (first.width() > COARSE_WINDOW * h) {
      h = first.width() / COARSE_WINDOW;
      coarse = above(steps, tail, h);
      first = Tilt.ofChernoff(coarse, counts, delta);
    }
    double rough = ComposedLoss.of(coarse, counts, h, first, delta).upper(delta);
    Tilt tilt = Tilt.at(rough, coarse, counts, delta);
    return new Grid(tail, spacing(Math.max(tilt.width(), span), rough, tilt, total), tilt, rough);
  }

  /** This grid with its dots further apart. */
  Grid coarser(double factor) {
    return new Grid(tail, h * factor, tilt, rough);
  }

  /** The mass that a step may leave out at each end. */
  static double tail(long steps, double delta) {
    return delta * (steps < MANY ? SHARE : SHARE_OF_MANY) / steps;
  }

  /** What dominates the steps, with dots at the least losses. */
  static List<LossDistribution> above(List<StepLoss> steps, double tail, double h) {
    List<LossDistribution> losses = new ArrayList<>();
    for (StepLoss step : steps) {
      double edge = step.edge();
      double origin = Double.isInfinite(edge) ? 0 : edge - 1e-12 * h;
      losses.add(LossDistribution.above(LossCells.of(step, tail, h, origin)));
    }
    return losses;
  }

  /**
   * Rounding a loss to a dot adds at most h²/4 to its variance, and so T·h²/4·(θ + 1)/2 to the ε at
   * which the sum, tilted by θ, has δ. The widest spacing that keeps T·h² small and this to some
   * millionths of ε, or to a ten-thousandth where that would take more than the usual number of
   * dots. Where a row is hardly ever drawn the tilt says nothing of how fast δ falls, which is over
   * some ε.
   */
  private static double spacing(double range, double epsilon, Tilt tilt, long steps) {
    double fall = Math.max(tilt.theta(), 0.1 / epsilon) + 1;
    double squares = Math.max(FINE_SQUARES, epsilon > 50 ? 1e-6 * epsilon : 0);
    double fine = Math.sqrt(Math.min(8 * FINE * epsilon / fall, squares) / steps);
    double h = Math.max(fine, range / USUAL_SIZE);
    h = Math.min(h, Math.max(10 * Math.sqrt(squares / steps), range / PRECISE_SIZE));
    double good = Math.sqrt(8 * GOOD * epsilon / (steps * fall));
    h = Math.min(h, Math.max(good, range / LARGEST_SIZE));
    return Math.min(h, range / 4096);
  }

  /**
   * Where the dots of a step start: usually 0. When a row is rarely drawn its loss piles up just
   * above the least it can be; a dot is then put where all that lies under it can be merged into it
   * and what is merged has the loss of the dot, so that {@link LossDistribution#below} gives
   * nothing away there.
   */
  static double origin(StepLoss step, double tail, double h) {
    double edge = step.edge();
    if (Double.isInfinite(edge)) {
      return 0;
    }
    double low = 0;
    double high = 64 * h;
    for (int i = 0; i < 30; i++) {
      double middle = (low + high) / 2;
      int under = (int) Math.ceil(middle / h) + 1;
      int all = under + EDGE_CELLS;
      LossCells cells = new LossCells(step, tail, h, edge + middle, -under, all);
      if (LossDistribution.balance(cells, new double[all + 1]) > 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    // A little lower, so that no loss is below the dot by rounding alone.
    return edge + low - 1e-12 * h;
  }
}
