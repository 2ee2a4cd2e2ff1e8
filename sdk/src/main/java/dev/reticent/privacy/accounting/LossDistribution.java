package dev.reticent.privacy.accounting;

/**
 * The privacy loss of one step on the grid h·ℤ by connecting the dots (Doroshenko et al. 2022): the
 * mass of P between two dots a &lt; b goes to a and b so that the masses under P and under Q are
 * both kept. The result dominates the step.
 *
 * <p>As a coupling: a loss l in [a, b] moves to b with probability (1 − e^(a−l))/(1 − e^(a−b)). The
 * error then lies within b − a ≤ {@link #widest}, its mean is at most (b − a)²/8, and its second
 * moment is {@link #errorVariance}; that is what the lower bound rests on.
 */
final class LossDistribution {
  private static final double[] NODE = {
    -0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526
  };
  private static final double[] WEIGHT = {
    0.3478548451374538, 0.6521451548625461, 0.6521451548625461, 0.3478548451374538
  };
  private static final int WIDEST = 8;

  /** The grid's step h. */
  final double h;

  /** Grid index of the first dot. */
  final int first;

  final double[] mass;

  /** A bound on the mass left out at each end. */
  final double tail;

  final double errorVariance;
  final double widest;

  /**
   * @param z how many σ beyond the outer means the outcomes are followed
   * @param scale the losses' root mean square; dots are h apart up to 16 times that
   */
  LossDistribution(LossPair pair, double q, double sigma, double z, double h, double scale) {
    this.h = h;
    double from = -z * sigma;
    double to = (pair == LossPair.ADD ? 0 : 1) + z * sigma;
    this.tail = Math.exp(-z * z / 2) / 2;
    int low = (int) Math.floor(pair.loss(q, sigma, from) / h);
    int high = (int) Math.ceil(pair.loss(q, sigma, to) / h) + WIDEST;
    this.first = low;
    this.mass = new double[high - low + 1];
    double panel = 0.3 * Math.min(sigma, sigma * sigma);
    double norm = 1 / (sigma * Math.sqrt(2 * Math.PI));
    double second = 0;
    double widestYet = h;
    double x = from;
    int i = low;
    while (x < to) {
      int k = (int) Math.max(1, Math.min(WIDEST, Math.abs(i * h) / (16 * scale)));
      k = Math.min(k, high - i);
      double a = i * h;
      double b = (i + k) * h;
      widestYet = Math.max(widestYet, k * h);
      double end = i + k >= high ? to : Math.min(to, pair.outcome(q, sigma, b));
      if (end > x) {
        int panels = (int) Math.ceil((end - x) / panel);
        double half = (end - x) / panels / 2;
        double whole = Math.expm1(a - b);
        for (int p = 0; p < panels; p++) {
          double middle = x + (2 * p + 1) * half;
          for (int g = 0; g < NODE.length; g++) {
            double at = middle + half * NODE[g];
            double m = WEIGHT[g] * half * norm * pair.density(q, sigma, at);
            double l = Math.min(b, Math.max(a, pair.loss(q, sigma, at)));
            double up = m * Math.expm1(a - l) / whole;
            mass[i - low] += m - up;
            mass[i + k - low] += up;
            second += (m - up) * (l - a) * (l - a) + up * (b - l) * (b - l);
          }
        }
        x = end;
      }
      i += k;
    }
    mass[0] += tail;
    this.errorVariance = second;
    this.widest = widestYet;
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
