package dev.reticent.privacy.accounting;

/**
 * A dominating pair (P, Q) of the Poisson-subsampled Gaussian whose privacy loss log(P/Q) rises
 * with the outcome x. With M± = (1 − q)·N(0, σ²) + q·N(±1, σ²): REMOVE is (M+, N(0)), ADD is (N(0),
 * M−), REPLACE is (M+, M−) (Zhu, Dong and Wang 2022).
 */
enum LossPair {
  REMOVE,
  ADD,
  REPLACE;

  /** The density of P at x, times σ√(2π). */
  double density(double q, double sigma, double x) {
    double variance = 2 * sigma * sigma;
    double base = Math.exp(-x * x / variance);
    return this == ADD || q == 0
        ? base
        : (1 - q) * base + q * Math.exp(-(x - 1) * (x - 1) / variance);
  }

  /** log(P/Q) at x. */
  double loss(double q, double sigma, double x) {
    double variance = 2 * sigma * sigma;
    return switch (this) {
      case REMOVE -> mixture(q, (2 * x - 1) / variance);
      case ADD -> -mixture(q, (-2 * x - 1) / variance);
      case REPLACE -> mixture(q, (2 * x - 1) / variance) - mixture(q, (-2 * x - 1) / variance);
    };
  }

  /** The x at which the loss is l; infinite outside the loss's range. */
  double outcome(double q, double sigma, double l) {
    double variance = sigma * sigma;
    return switch (this) {
      case REMOVE -> variance * unmix(q, l) + 0.5;
      case ADD -> -(variance * unmix(q, -l) + 0.5);
      case REPLACE -> {
        if (q == 1) {
          yield variance * l / 2;
        }
        double half = Math.abs(l) / 2;
        double logSinh =
            half > 20 ? half - Math.log(2) : Math.log(Math.sinh(Math.max(half, 1e-300)));
        double logS = Math.log1p(-q) + logSinh - Math.log(q) + 1 / (2 * variance);
        double asinh;
        if (logS > 20) {
          asinh = logS + Math.log(2);
        } else {
          double s = Math.exp(logS);
          asinh = Math.log1p(s + s * s / (1 + Math.sqrt(1 + s * s)));
        }
        yield Math.signum(l) * variance * (half + asinh);
      }
    };
  }

  /** log(1 − q + q·e^y). */
  private static double mixture(double q, double y) {
    if (q == 1) {
      return y;
    }
    return y < 30
        ? Math.log1p(q * Math.expm1(y))
        : y + Math.log(q) + Math.log1p((1 - q) / q * Math.exp(-y));
  }

  private static double unmix(double q, double l) {
    if (q == 1) {
      return l;
    }
    if (l > 30) {
      return l - Math.log(q) + Math.log1p(-(1 - q) * Math.exp(-l));
    }
    double t = Math.expm1(l) / q;
    return t <= -1 ? Double.NEGATIVE_INFINITY : Math.log1p(t);
  }
}
