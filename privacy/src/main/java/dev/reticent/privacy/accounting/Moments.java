package dev.reticent.privacy.accounting;

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

  private Moments() {}

  /** log A(α) of a step, α above 1. */
  static double logMoment(StepLoss step, double order) {
    double peak = Double.NEGATIVE_INFINITY;
    double sum = 0;
    for (StepLoss.Part part : step.parts()) {
      double log = Math.log(part.weight()) + logExcess(part.pair(), order);
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
    return x > 40 ? x : Math.log1p(Math.exp(x));
  }

  /** log(A(α) − 1), or a bound on it where σ is too small for quadrature. */
  static double logExcess(LossPair pair, double order) {
    double sigma = pair.sigma;
    if (sigma < TinyNoise.LARGEST) {
      return pair.tinyNoise().logExcess(order);
    }
    double from = -(pair.rows + 13 * sigma);
    double to = pair.largestMean(order) + 13 * sigma;
    double width = sigma / 2;
    int intervals = (int) Math.ceil((to - from) / width);
    double[] ends = new double[intervals + 1];
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= intervals; i++) {
      ends[i] = term(pair, order, from + i * width);
      highest = Math.max(highest, ends[i]);
    }
    // The zeros of P and Q are πσ² off the real axis; half of that keeps 1/Q bounded.
    int points = (int) Math.ceil(width / Math.min(width / 2, sigma * sigma / 4));
    double sum = 0;
    for (int i = 0; i < intervals; i++) {
      // Between two ends the logarithm rises by at most 1/32 above both.
      if (Math.max(ends[i], ends[i + 1]) < highest - NEGLIGIBLE) {
        continue;
      }
      sum += Math.exp(ends[i] - highest);
      for (int k = 1; k < points; k++) {
        sum += Math.exp(term(pair, order, from + (i + (double) k / points) * width) - highest);
      }
    }
    return highest + Math.log(sum * width / points / (sigma * Math.sqrt(2 * Math.PI)));
  }

  private static double term(LossPair pair, double order, double x) {
    return pair.logOther(x) + logExcess(pair.loss(x), order);
  }

  /** log f(l). */
  static double logExcess(double l, double order) {
    double beyond = order - 1;
    if (order * Math.abs(l) < 0.5) {
      // Σ over k ≥ 2 of (α^k − α)·l^k/k!.
      double logOrder = Math.log1p(beyond);
      double power = l * l / 2;
      double sum = 0;
      for (int k = 2; k < 30; k++) {
        double term = order * Math.expm1((k - 1) * logOrder) * power;
        sum += term;
        if (Math.abs(term) < 1e-17 * sum) {
          break;
        }
        power *= l / (k + 1);
      }
      return Math.log(sum);
    }
    if (beyond * l > 30) {
      return order * l + Math.log1p(-Math.exp(-beyond * l) * (1 - beyond * Math.expm1(-l)));
    }
    if (l > 0) {
      return l + Math.log(Math.expm1(beyond * l) + beyond * Math.expm1(-l));
    }
    return Math.log(Math.exp(l) * Math.expm1(beyond * l) - beyond * Math.expm1(l));
  }
}
