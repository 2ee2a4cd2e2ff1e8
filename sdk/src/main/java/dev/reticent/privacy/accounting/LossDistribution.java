package dev.reticent.privacy.accounting;

/**
 * The privacy loss of one step on the grid h·ℤ, bounding the true one from above or from below.
 *
 * <p>{@link Side#ABOVE} connects the dots (Doroshenko et al. 2022): the mass of P between two dots
 * goes to both so that the masses under P and under Q are kept. The result dominates the step.
 *
 * <p>{@link Side#BELOW} is a post-processing of the outcome, so that the step dominates it: an
 * outcome of loss l between the dots a and b = a + h turns into b with probability (l − a)/h, else
 * into a. The loss of the dot k is then log(P(k)/Q(k)) = k·h + e(k) with e(k) of order h², and at
 * least k·h + {@link #shift} for every dot that keeps its mass; the few whose e(k) is lower hand
 * theirs to the dot below, which their loss exceeds too. Losses only shrink by this, and with them
 * δ(ε) = E_P[(1 − e^(ε−L))₊].
 */
final class LossDistribution {
  private static final double[] NODE = {
    -0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526
  };

  /**
   * Widest panel of the quadrature in σ or σ², whichever is less. The error of four nodes is
   * 5.6e-10 · w⁸ · f⁗⁗, some 1e-14 of the mass where the bulk of it is.
   */
  private static final double PANEL = 0.1;

  private static final double[] WEIGHT = {
    0.3478548451374538, 0.6521451548625461, 0.6521451548625461, 0.3478548451374538
  };

  enum Side {
    ABOVE,
    BELOW
  }

  /** The grid's step h. */
  final double h;

  /** Grid index of the first dot. */
  final int first;

  /** Mass of P at each dot. */
  final double[] mass;

  /** A bound on the mass left out at each end. */
  final double tail;

  /** What to add to the loss of every dot, not positive; 0 from above. */
  final double shift;

  /**
   * @param z how many σ beyond the outer means the outcomes are followed
   * @param steps how often the step will be composed, for which the shift is chosen
   */
  LossDistribution(
      LossPair pair, double q, double sigma, double z, double h, Side side, int steps) {
    this.h = h;
    double from = -z * sigma;
    double to = (pair == LossPair.ADD ? 0 : 1) + z * sigma;
    this.tail = Math.exp(-z * z / 2) / 2;
    // One dot more than the losses reach, for mass that is moved down.
    int low = (int) Math.floor(pair.loss(q, sigma, from) / h) - 1;
    int high = (int) Math.ceil(pair.loss(q, sigma, to) / h) + 1;
    this.first = low;
    this.mass = new double[high - low + 1];
    double[] other = new double[side == Side.BELOW ? mass.length : 0];
    double panel = PANEL * Math.min(sigma, sigma * sigma);
    double norm = 1 / (sigma * Math.sqrt(2 * Math.PI));
    double whole = Math.expm1(-h);
    double x = from;
    for (int i = low; i < high && x < to; i++) {
      double a = i * h;
      double end = i + 1 == high ? to : Math.min(to, pair.outcome(q, sigma, a + h));
      if (end > x) {
        int panels = (int) Math.ceil((end - x) / panel);
        double half = (end - x) / panels / 2;
        for (int p = 0; p < panels; p++) {
          double middle = x + (2 * p + 1) * half;
          for (int g = 0; g < NODE.length; g++) {
            double at = middle + half * NODE[g];
            double m = WEIGHT[g] * half * norm * pair.density(q, sigma, at);
            double above = Math.min(h, Math.max(0, pair.loss(q, sigma, at) - a));
            double up = m * (side == Side.ABOVE ? Math.expm1(-above) / whole : above / h);
            mass[i - low] += m - up;
            mass[i + 1 - low] += up;
            if (side == Side.BELOW) {
              // Q in units of e^(-kh) at dot k, minus P: small, so that it keeps its digits.
              other[i - low] += (m - up) * Math.expm1(-above);
              other[i + 1 - low] += up * Math.expm1(h - above);
            }
          }
        }
        x = end;
      }
    }
    if (side == Side.ABOVE) {
      mass[1] += tail;
      this.shift = 0;
    } else {
      this.shift = moveDown(other, steps);
    }
  }

  /**
   * Moves mass of dots whose loss lies too far below their place down a dot.
   *
   * @param other Q in units of e^(−kh), minus P, at each dot
   * @return the shift that holds for the rest
   */
  private double moveDown(double[] other, int steps) {
    double[] excess = new double[other.length];
    for (int k = 0; k < excess.length; k++) {
      excess[k] = mass[k] > 0 ? -Math.log1p(other[k] / mass[k]) : 0;
    }
    double chosen = bestShift(excess, steps);
    for (int k = 1; k < excess.length; k++) {
      if (excess[k] < chosen) {
        mass[k - 1] += mass[k];
        mass[k] = 0;
      }
    }
    return chosen;
  }

  /** The shift whose cost, T·(|s| + h·mass moved down a dot), is smallest. */
  private double bestShift(double[] excess, int steps) {
    double best = -h;
    double lowest = steps * h;
    for (double s = h * h / 64; s < h; s *= 1.5) {
      double moved = 0;
      for (int k = 0; k < excess.length; k++) {
        if (excess[k] < -s) {
          moved += mass[k];
        }
      }
      double cost = steps * (s + h * moved);
      if (cost < lowest) {
        lowest = cost;
        best = -s;
      }
    }
    return best - 1e-15;
  }

  /** log E[e^(θl)]. */
  double cumulant(double theta) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < mass.length; i++) {
      if (mass[i] > 1e-290) {
        largest = Math.max(largest, theta * (first + i) * h);
      }
    }
    double sum = 0;
    for (int i = 0; i < mass.length; i++) {
      if (mass[i] > 1e-290) {
        sum += mass[i] * Math.exp(theta * (first + i) * h - largest);
      }
    }
    return sum > 1e-300 ? largest + Math.log(sum) : Double.POSITIVE_INFINITY;
  }
}
