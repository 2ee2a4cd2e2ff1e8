package dev.reticent.privacy.accounting;

/**
 * One step's outcomes, sorted by their loss into the cells between the dots of a grid, by
 * quadrature.
 *
 * <p>Cell i lies between the losses {@code dot(i)} and {@code dot(i + 1)}. With w the place of a
 * loss in its cell, from 0 to 1, and P and Q the pair's measures, a cell holds the sums of P·wʲ and
 * of (Q·e^dot − P)·wʲ, which is small, so that it keeps its digits.
 */
final class LossCells {
  private static final double[] FOUR = {
    -0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526
  };
  private static final double[] FOUR_WEIGHTS = {
    0.3478548451374538, 0.6521451548625461, 0.6521451548625461, 0.3478548451374538
  };
  private static final double[] TWO = {-0.5773502691896257, 0.5773502691896257};
  private static final double[] TWO_WEIGHTS = {1, 1};

  /**
   * Widest panel of the quadrature in σ or σ², whichever is less. The error of four nodes is
   * 5.6e-10 · w⁸ · f⁗⁗, some 1e-14 of the mass where the bulk of it is; that of two nodes is 2.3e-4
   * · w⁴ · f⁗, less than that in panels as narrow as {@link #NARROW}.
   */
  private static final double PANEL = 0.1;

  private static final double NARROW = 3e-4;

  final double h;
  final double origin;
  final long first;
  final double[] p0;
  final double[] p1;
  final double[] p2;
  final double[] q0;
  final double[] q1;
  final double[] q2;

  /** A bound on P's mass left out at each end. */
  final double tail;

  /**
   * @param tail the mass of P to be left out at each end
   * @param first index of the lowest dot; what lies outside the cells is left out
   */
  LossCells(StepLoss step, double tail, double h, double origin, long first, int cells) {
    this.h = h;
    this.origin = origin;
    this.first = first;
    this.p0 = new double[cells];
    this.p1 = new double[cells];
    this.p2 = new double[cells];
    this.q0 = new double[cells];
    this.q1 = new double[cells];
    this.q2 = new double[cells];
    this.tail = tail;
    for (StepLoss.Part part : step.parts()) {
      add(part.pair(), part.weight(), tail);
    }
  }

  /** About how many panels the outcomes of a pair are cut into. */
  static double panels(LossPair pair) {
    double range = pair.rows + 30 * pair.sigma;
    return range / (PANEL * Math.min(pair.sigma, pair.sigma * pair.sigma));
  }

  /** All cells that the losses of a step reach, and one more at each end. */
  static LossCells of(StepLoss step, double tail, double h, double origin) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (StepLoss.Part part : step.parts()) {
      low = Math.min(low, part.pair().loss(part.pair().from(tail)));
      high = Math.max(high, part.pair().loss(part.pair().to(tail)));
    }
    long first = (long) Math.floor((low - origin) / h) - 1;
    long last = (long) Math.ceil((high - origin) / h) + 1;
    return new LossCells(step, tail, h, origin, first, (int) (last - first));
  }

  /** The dot that {@link Grid#origin} places, or the lowest. */
  int bottom() {
    return origin == 0 ? 0 : (int) Math.max(0, -first);
  }

  double dot(int i) {
    return origin + (first + i) * h;
  }

  private void add(LossPair pair, double weight, double tail) {
    double scale = Math.min(pair.sigma, pair.sigma * pair.sigma);
    double norm = weight / (pair.sigma * Math.sqrt(2 * Math.PI));
    double to = pair.to(tail);
    double x = Math.max(pair.from(tail), pair.outcome(dot(0)));
    for (int i = 0; i < p0.length && x < to; i++) {
      double end = Math.min(to, pair.outcome(dot(i + 1)));
      if (end > x) {
        int panels = (int) Math.ceil((end - x) / (PANEL * scale));
        double half = (end - x) / panels / 2;
        double[] nodes = half < NARROW * scale ? TWO : FOUR;
        double[] weights = half < NARROW * scale ? TWO_WEIGHTS : FOUR_WEIGHTS;
        double foot = dot(i);
        for (int k = 0; k < panels; k++) {
          double middle = x + (2 * k + 1) * half;
          for (int g = 0; g < nodes.length; g++) {
            double at = middle + half * nodes[g];
            double p = weights[g] * half * norm * pair.density(at);
            double above = Math.min(h, Math.max(0, pair.loss(at) - foot));
            double q = p * Elementary.expm1(-above);
            double w = above / h;
            p0[i] += p;
            q0[i] += q;
            p1[i] += p * w;
            q1[i] += q * w;
            p2[i] += p * w * w;
            q2[i] += q * w * w;
          }
        }
        x = end;
      }
    }
  }
}
