package dev.reticent.privacy.accounting;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A dominating pair (P, Q) of a step whose privacy loss log(P/Q) rises with the outcome x.
 *
 * <p>With k rows of a unit, M± = Σᵢ Bin(k, q)(i)·N(±i, σ²). REMOVE is (M+, N(0)), ADD is (N(0),
 * M−), REPLACE is (M+, M−) (k = 1: Zhu, Dong and Wang 2022; adding or removing k rows: the mixture
 * of Gaussians of Charles et al. 2024, "Fine-tuning large language models with user-level
 * differential privacy").
 */
final class LossPair {
  enum Direction {
    REMOVE,
    ADD,
    REPLACE;

    /** The directions whose larger ε is the one of the relation. */
    static List<Direction> of(Neighbors neighbors) {
      return neighbors.adjacency() == Adjacency.REPLACE_ONE
          ? List.of(REPLACE)
          : List.of(REMOVE, ADD);
    }
  }

  final double sigma;

  /** k, the largest mean. */
  final int rows;

  private final Direction direction;
  private final double rate;

  /** Binomial weights of 0..k. */
  private final double[] weights;

  private final double[] logWeights;

  LossPair(Direction direction, double rate, double sigma, int rows) {
    this.direction = direction;
    this.rate = rate;
    this.sigma = sigma;
    this.rows = rows;
    this.logWeights = logBinomial(rate, rows);
    this.weights = new double[rows + 1];
    for (int i = 0; i <= rows; i++) {
      weights[i] = Math.exp(logWeights[i]);
    }
    if (rows == 1) {
      weights[0] = 1 - rate;
      weights[1] = rate;
    }
  }

  private static double[] logBinomial(double rate, int rows) {
    double[] logs = new double[rows + 1];
    double choose = 0;
    for (int i = 0; i <= rows; i++) {
      double others = i == rows ? 0 : (rows - i) * Elementary.log1p(-rate);
      logs[i] = choose + i * Math.log(rate) + others;
      choose += Math.log((double) (rows - i) / (i + 1));
    }
    return logs;
  }

  /**
   * What bounds the moments where σ is tiny. A unit of k rows moves the sum by at most k, with
   * probability 1 − (1 − q)ᵏ; a pair whose moves are stochastically larger has the larger moments
   * (Choquette-Choo et al. 2024, "Privacy amplification for matrix mechanisms", lemma 4.5).
   */
  TinyNoise tinyNoise() {
    double drawn = rows == 1 ? rate : -Elementary.expm1(logWeights[0]);
    return new TinyNoise(drawn, sigma / rows, direction == Direction.REPLACE);
  }

  /** The density of P at x, times σ√(2π). */
  double density(double x) {
    double variance = 2 * sigma * sigma;
    double base = Math.exp(-x * x / variance);
    if (direction == Direction.ADD) {
      return base;
    }
    double sum = weights[0] * base;
    for (int i = 1; i <= rows; i++) {
      sum += weights[i] * Math.exp(-(x - i) * (x - i) / variance);
    }
    return sum;
  }

  /** log(P/Q) at x. */
  double loss(double x) {
    return switch (direction) {
      case REMOVE -> logRatio(x);
      case ADD -> -logRatio(-x);
      case REPLACE -> logRatio(x) - logRatio(-x);
    };
  }

  /** log of the density of Q at x, times σ√(2π). */
  double logOther(double x) {
    double base = -x * x / (2 * sigma * sigma);
    return direction == Direction.REMOVE ? base : base + logRatio(-x);
  }

  /** The mean that P^α·Q^(1−α) has at most. */
  double largestMean(double order) {
    return rows * (direction == Direction.REPLACE ? 2 * order : order);
  }

  /** An outcome below which P has at most this mass. */
  double from(double tail) {
    return -cut(x -> Gaussian.tail(x / sigma), tail, 0);
  }

  /** An outcome above which P has at most this mass. */
  double to(double tail) {
    return direction == Direction.ADD
        ? -from(tail)
        : cut(
            x -> {
              double sum = 0;
              for (int i = 0; i <= rows; i++) {
                sum += weights[i] * Gaussian.tail((x - i) / sigma);
              }
              return sum;
            },
            tail,
            rows);
  }

  /** The x at which a falling tail is as small as wanted, rounded up. */
  private double cut(DoubleUnaryOperator falling, double tail, double mean) {
    double low = 0;
    double high = mean + 50 * sigma;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (falling.applyAsDouble(middle) > tail) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** What the loss falls to with the outcome: log (1 − q)ᵏ when removing, else −∞. */
  double leastLoss() {
    return direction == Direction.REMOVE ? logWeights[0] : Double.NEGATIVE_INFINITY;
  }

  /** The x at which the loss is l; infinite outside the loss's range. */
  double outcome(double l) {
    if (rate == 1) {
      double variance = sigma * sigma;
      return switch (direction) {
        case REMOVE -> variance * l / rows + rows / 2.0;
        case ADD -> variance * l / rows - rows / 2.0;
        case REPLACE -> variance * l / (2 * rows);
      };
    }
    return switch (direction) {
      case REMOVE -> inverse(l);
      case ADD -> -inverse(-l);
      case REPLACE -> inverseOfReplace(l);
    };
  }

  /** log(M+/N(0)) at x, accurate near 0. */
  private double logRatio(double x) {
    double variance = 2 * sigma * sigma;
    if (rate == 1) {
      return (2 * x - rows) * rows / variance;
    }
    double i = Math.min(Math.max(1, Math.rint(x)), rows);
    double largest = i * (2 * x - i) / variance;
    if (largest < 30 && weights[0] > 0.5) {
      double sum = 0;
      for (int j = 1; j <= rows; j++) {
        sum += weights[j] * Elementary.expm1(j * (2 * x - j) / variance);
      }
      return Elementary.log1p(sum);
    }
    return logSum(x, 0);
  }

  /** log Σ over i ≥ from of the weighted ratios at x. */
  private double logSum(double x, int from) {
    double variance = 2 * sigma * sigma;
    double peak = Double.NEGATIVE_INFINITY;
    for (int i = from; i <= rows; i++) {
      peak = Math.max(peak, logWeights[i] + i * (2 * x - i) / variance);
    }
    double sum = 0;
    for (int i = from; i <= rows; i++) {
      sum += Math.exp(logWeights[i] + i * (2 * x - i) / variance - peak);
    }
    return peak + Math.log(sum);
  }

  /** Where log(M+/N(0)) is l. */
  private double inverse(double l) {
    double variance = sigma * sigma;
    double rest = -Elementary.expm1(logWeights[0]);
    double sum = l > 30 ? 0 : Elementary.expm1(l) + rest;
    if (l <= 30 && sum <= 0) {
      return Double.NEGATIVE_INFINITY;
    }
    // log of Σ over i ≥ 1, whose slope is between 1/σ² and k/σ²: Newton's steps are good ones.
    double goal = l > 30 ? l + Elementary.log1p(-Math.exp(logWeights[0] - l)) : Math.log(sum);
    double x = Double.POSITIVE_INFINITY;
    for (int i = 1; i <= rows; i++) {
      x = Math.min(x, (goal - logWeights[i]) * variance / i + i / 2.0);
    }
    for (int step = 0; rows > 1 && step < 60; step++) {
      double at = logSum(x, 1);
      double slope = 0;
      for (int i = 1; i <= rows; i++) {
        slope += i * Math.exp(logWeights[i] + i * (2 * x - i) / (2 * variance) - at);
      }
      double move = (at - goal) * variance / slope;
      x -= move;
      if (Math.abs(move) < 1e-15 * (Math.abs(x) + sigma)) {
        break;
      }
    }
    return x;
  }

  /** Of one row, in closed form: l/2 = asinh((1 − q)/q·e^(1/2σ²)·sinh(l/2)) apart. */
  private double inverseOfReplace(double l) {
    double variance = sigma * sigma;
    double half = Math.abs(l) / 2;
    double logSinh = half > 20 ? half - Math.log(2) : Math.log(Math.sinh(Math.max(half, 1e-300)));
    double logS = logWeights[0] + logSinh - logWeights[1] + 1 / (2 * variance);
    double asinh;
    if (logS > 20) {
      asinh = logS + Math.log(2);
    } else {
      double s = Math.exp(logS);
      asinh = Elementary.log1p(s + s * s / (1 + Math.sqrt(1 + s * s)));
    }
    return Math.signum(l) * variance * (half + asinh);
  }
}
