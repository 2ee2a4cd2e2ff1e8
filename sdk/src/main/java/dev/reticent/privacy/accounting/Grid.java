package dev.reticent.privacy.accounting;

import java.util.ArrayList;
import java.util.List;

/**
 * Where and how finely the losses of a history are followed, chosen on coarse distributions.
 * Nothing here has to be right for a bound to be valid: what a choice leaves out is counted on the
 * fine ones.
 *
 * @param z in σ
 * @param h between dots
 * @param theta the tilt: the Chernoff point
 * @param low where all but about 1e-9 of the tilted sum begins
 * @param high where it ends
 * @param below the Chernoff exponent for what is below the window
 * @param above the same for what is above
 */
record Grid(double z, double h, double theta, double low, double high, double below, double above) {
  private static final int COARSE = 1 << 12;
  private static final int USUAL_SIZE = 1 << 16;
  private static final int LARGEST_SIZE = 1 << 21;
  private static final double SHARE = 1e-6;
  private static final int EDGE_CELLS = 64;

  /** The dots' widest spacing that keeps T·h² at the tolerance, if the range allows. */
  static Grid of(List<StepLoss> steps, List<Integer> counts, double delta) {
    long total = counts.stream().mapToLong(Integer::longValue).sum();
    double z = Math.sqrt(2 * Math.log(total / (delta * SHARE)));
    List<LossDistribution> coarse = new ArrayList<>();
    double span = 0;
    for (StepLoss step : steps) {
      double own = step.span(z);
      span = Math.max(span, own);
      double h = Math.max(own / COARSE, 1e-12);
      coarse.add(LossDistribution.above(LossCells.of(step, z, h, origin(step, z, h))));
    }
    double theta = tilt(coarse, counts, delta);
    double[] window = window(coarse, counts, theta);
    double guess = Math.max(0, (cumulant(coarse, counts, theta) - Math.log(delta)) / theta);
    double range = Math.max(window[1] - window[0], span);
    return new Grid(
        z, spacing(range, guess, total), theta, window[0], window[1], window[2], window[3]);
  }

  /** The bounds differ by about T·h²/4. */
  private static double spacing(double range, double epsilon, long steps) {
    double fine = epsilon > 50 ? 1e-6 * epsilon : 2e-7;
    double good = 100 * fine;
    double h = Math.max(Math.sqrt(fine / steps), range / USUAL_SIZE);
    h = Math.min(h, Math.max(Math.sqrt(good / steps), range / LARGEST_SIZE));
    return Math.min(h, range / 4096);
  }

  /**
   * Where the dots of a step start: usually 0. When a row is rarely drawn its loss piles up just
   * above the least it can be; the lowest dot is then put where what is merged into it has the loss
   * of the dot, so that {@link LossDistribution#below} gives nothing away there.
   */
  static double origin(StepLoss step, double z, double h) {
    double edge = step.edge();
    if (Double.isInfinite(edge)) {
      return 0;
    }
    double low = 0;
    double high = h;
    for (int i = 0; i < 50; i++) {
      double middle = (low + high) / 2;
      double origin = edge + middle;
      LossCells cells = new LossCells(step, z, h, origin, -1, EDGE_CELLS);
      double[] mass = new double[EDGE_CELLS + 1];
      LossDistribution.balance(cells, mass);
      if (mass[0] > 0) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return edge + low;
  }

  static double cumulant(List<LossDistribution> losses, List<Integer> counts, double theta) {
    double sum = 0;
    for (int i = 0; i < counts.size(); i++) {
      sum += counts.get(i) * losses.get(i).cumulant(theta);
    }
    return sum;
  }

  /** The θ at which the Chernoff bound on ε, (K(θ) + log 1/δ)/θ, is smallest. */
  private static double tilt(List<LossDistribution> losses, List<Integer> counts, double delta) {
    double best = 1;
    double lowest = Double.POSITIVE_INFINITY;
    for (double theta = 1e-3; theta < 1e5; theta *= 1.15) {
      double bound = (cumulant(losses, counts, theta) - Math.log(delta)) / theta;
      if (bound < lowest) {
        lowest = bound;
        best = theta;
      }
    }
    return best;
  }

  /** Where all but about 1e-9 of the tilted sum lies, and the Chernoff exponents of both ends. */
  private static double[] window(
      List<LossDistribution> losses, List<Integer> counts, double theta) {
    double base = cumulant(losses, counts, theta);
    double[] found = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 1, 1};
    double need = 22;
    for (double lambda = 1e-3; lambda < 1e5; lambda *= 1.5) {
      double high = (cumulant(losses, counts, theta + lambda) - base + need) / lambda;
      double low = -(cumulant(losses, counts, theta - lambda) - base + need) / lambda;
      if (low > found[0]) {
        found[0] = low;
        found[2] = lambda;
      }
      if (high < found[1]) {
        found[1] = high;
        found[3] = lambda;
      }
    }
    return found;
  }
}
