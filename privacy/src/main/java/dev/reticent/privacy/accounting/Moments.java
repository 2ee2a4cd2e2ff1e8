package dev.reticent.privacy.accounting;

import java.util.Arrays;
import java.util.List;

/**
 * The Rényi moments A(α) = E_Q[(P/Q)^α] of a {@link LossPair}, as log A(α), which is (α − 1) times
 * the Rényi divergence of order α.
 *
 * <p>Since E_Q[P/Q] = 1, A(α) − 1 is the integral of Q·f(l) with f(l) = e^(αl) − 1 − α·(e^l − 1), l
 * the loss. f is nowhere negative, so even an A(α) − 1 of 1e-18 keeps its digits. The integrand is
 * analytic in a strip around the real axis and falls off on both sides, so the trapezoidal rule
 * converges geometrically, for integer and fractional orders alike.
 */
final class Moments {
  /** What is e^−60 below the largest term is left out. */
  private static final double NEGLIGIBLE = 60;

  private final List<OfPart> parts;

  Moments(StepLoss step) {
    this.parts =
        step.parts().stream()
            .map(part -> new OfPart(Math.log(part.weight()), new OfPair(part.pair())))
            .toList();
  }

  private record OfPart(double logWeight, OfPair pair) {}

  /** log A(α) of a step, α above 1. */
  double logMoment(double order) {
    double peak = Double.NEGATIVE_INFINITY;
    double sum = 0;
    for (OfPart part : parts) {
      double log = part.logWeight() + part.pair().logExcess(order);
      double larger = Math.max(peak, log);
      if (larger > Double.NEGATIVE_INFINITY) {
        sum = sum * Math.exp(peak - larger) + Math.exp(log - larger);
        peak = larger;
      }
    }
    return logOnePlus(peak + Math.log(sum));
  }

  /** log(1 + e^x). */
  static double logOnePlus(double x) {
    return x > 40 ? x : Elementary.log1p(Math.exp(x));
  }

  /**
   * The moments of one pair. All orders have the same outcomes, so the pair's losses and densities
   * there, which are most of the work, are found once. Of one thread.
   */
  static final class OfPair {
    private final LossPair pair;
    private final double from;
    private final double width;

    /** Of each interval. */
    private final int points;

    /** At each point l and log Q, or NaN where no order has asked yet. */
    private double[] losses = {};

    private double[] others = {};

    OfPair(LossPair pair) {
      this.pair = pair;
      this.from = -(pair.rows + 13 * pair.sigma);
      this.width = pair.sigma / 2;
      // The zeros of P and Q are πσ² off the real axis; half of that keeps 1/Q bounded.
      this.points = (int) Math.ceil(width / Math.min(width / 2, pair.sigma * pair.sigma / 4));
    }

    /** log(A(α) − 1), or a bound on it where σ is too small for quadrature. */
    double logExcess(double order) {
      double sigma = pair.sigma;
      if (sigma < TinyNoise.LARGEST) {
        return pair.tinyNoise().logExcess(order);
      }
      double to = pair.largestMean(order) + 13 * sigma;
      int intervals = (int) Math.ceil((to - from) / width);
      makeRoom((intervals + 1) * points);
      double[] ends = new double[intervals + 1];
      double highest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i <= intervals; i++) {
        ends[i] = term(order, i * points);
        highest = Math.max(highest, ends[i]);
      }
      double sum = 0;
      for (int i = 0; i < intervals; i++) {
        // Between two ends the logarithm rises by at most 1/32 above both.
        if (Math.max(ends[i], ends[i + 1]) < highest - NEGLIGIBLE) {
          continue;
        }
        sum += Math.exp(ends[i] - highest);
        for (int k = 1; k < points; k++) {
          sum += Math.exp(term(order, i * points + k) - highest);
        }
      }
      return highest + Math.log(sum * width / points / (sigma * Math.sqrt(2 * Math.PI)));
    }

    private void makeRoom(int count) {
      int known = losses.length;
      if (count > known) {
        losses = Arrays.copyOf(losses, count);
        others = Arrays.copyOf(others, count);
        Arrays.fill(losses, known, count, Double.NaN);
      }
    }

    private double term(double order, int point) {
      if (Double.isNaN(losses[point])) {
        double x = from + (double) point / points * width;
        losses[point] = pair.loss(x);
        others[point] = pair.logOther(x);
      }
      return others[point] + Moments.logExcess(losses[point], order);
    }
  }

  /** log f(l). */
  static double logExcess(double l, double order) {
    double beyond = order - 1;
    if (order * Math.abs(l) < 0.5) {
      // Σ over k ≥ 2 of (α^k − α)·l^k/k!.
      double logOrder = Elementary.log1p(beyond);
      double power = l * l / 2;
      double sum = 0;
      for (int k = 2; k < 30; k++) {
        double term = order * Elementary.expm1((k - 1) * logOrder) * power;
        sum += term;
        if (Math.abs(term) < 1e-17 * sum) {
          break;
        }
        power *= l / (k + 1);
      }
      return Math.log(sum);
    }
    if (beyond * l > 30) {
      return order * l
          + Elementary.log1p(-Math.exp(-beyond * l) * (1 - beyond * Elementary.expm1(-l)));
    }
    if (l > 0) {
      return l + Math.log(Elementary.expm1(beyond * l) + beyond * Elementary.expm1(-l));
    }
    return Math.log(Math.exp(l) * Elementary.expm1(beyond * l) - beyond * Elementary.expm1(l));
  }
}
