package dev.reticent.privacy.accounting;

/**
 * The privacy loss of one step as masses on a grid of dots, bounding the true one from above or
 * from below.
 *
 * @param tail a bound on the mass left out at each end
 */
@SuppressWarnings("ArrayRecordComponent") // built once, never compared
record LossDistribution(double h, double origin, long first, double[] mass, double tail) {
  private static final double LEAST = 1e-290;
  private static final int BLOCK = 16;

  /**
   * Connects the dots (Doroshenko et al. 2022): the mass of a cell goes to both its dots so that
   * its masses under P and under Q are kept. The result dominates the step.
   */
  static LossDistribution above(LossCells cells) {
    double[] mass = new double[cells.p0.length + 1];
    double whole = Elementary.expm1(-cells.h);
    for (int i = 0; i < cells.p0.length; i++) {
      double up = cells.q0[i] / whole;
      mass[i] += cells.p0[i] - up;
      mass[i + 1] += up;
    }
    mass[1] += cells.tail;
    return new LossDistribution(cells.h, cells.origin, cells.first, mass, cells.tail);
  }

  /**
   * A post-processing of the outcome, so that the step dominates it: an outcome turns into the dot
   * above it or the one below, at random. What comes to a dot from above has a loss above the
   * dot's, what comes from below a loss below it; the two are balanced, from the highest dot down,
   * so that the merged loss of a dot is its own. What cannot be balanced is sent down, which only
   * lowers losses, and with them δ(ε) = E_P[(1 − e^(ε−L))₊].
   */
  static LossDistribution below(LossCells cells) {
    double[] mass = new double[cells.p0.length + 1];
    balance(cells, mass);
    return new LossDistribution(cells.h, cells.origin, cells.first, mass, cells.tail);
  }

  /**
   * Fills in the masses of {@link #below}; the cells under {@link LossCells#bottom} go to that dot
   * as a whole.
   *
   * @return what was left of the surplus, less what was lacking at the bottom dot
   */
  static double balance(LossCells cells, double[] mass) {
    double rise = Elementary.expm1(cells.h);
    double surplus = 0;
    double unspent = 0;
    int bottom = cells.bottom();
    for (int i = cells.p0.length - 1; i >= bottom; i--) {
      // Four ways to share a cell, each sending up more: w², w, 2w − w², 1; and 0 before them.
      double[] p = {0, cells.p2[i], cells.p1[i], 2 * cells.p1[i] - cells.p2[i], cells.p0[i]};
      double[] q = {0, cells.q2[i], cells.q1[i], 2 * cells.q1[i] - cells.q2[i], cells.q0[i]};
      double upP = 0;
      double upQ = 0;
      for (int way = 1; way < p.length; way++) {
        double deficit = p[way] * rise + q[way] * (1 + rise);
        if (deficit <= surplus) {
          upP = p[way];
          upQ = q[way];
          unspent += way == p.length - 1 ? surplus - deficit : 0;
          continue;
        }
        double before = p[way - 1] * rise + q[way - 1] * (1 + rise);
        double part = (surplus - before) / (deficit - before);
        if (part > 0) {
          upP = p[way - 1] + part * (p[way] - p[way - 1]);
          upQ = q[way - 1] + part * (q[way] - q[way - 1]);
        }
        break;
      }
      mass[i + 1] += upP;
      mass[i] += cells.p0[i] - upP;
      surplus = Math.max(0, upQ - cells.q0[i]);
    }
    double under = 0;
    double deficit = 0;
    for (int i = 0; i < bottom; i++) {
      double up = Elementary.expm1((bottom - i) * cells.h);
      under += cells.p0[i];
      deficit += cells.p0[i] * up + cells.q0[i] * (1 + up);
    }
    double part = deficit > surplus ? surplus / deficit : 1;
    mass[bottom] += part * under;
    mass[0] += (1 - part) * under;
    return unspent + surplus - deficit;
  }

  double loss(int i) {
    return origin + (first + i) * h;
  }

  /** The masses times e^(θl), scaled to a sum of 1. */
  double[] tilted(double theta) {
    double base = cumulant(theta);
    double[] tilted = new double[mass.length];
    for (int i = 0; i < mass.length; i++) {
      tilted[i] = mass[i] > 0 ? mass[i] * Math.exp(theta * loss(i) - base) : 0;
    }
    return tilted;
  }

  /**
   * log E[e^(θl)].
   *
   * <p>From dot to dot e^(θl) changes by one factor, so an exponential is taken for a block of dots
   * only. Masses too small to count are passed over, which keeps the rest in the range of double.
   */
  double cumulant(double theta) {
    int heaviest = theta < 0 ? 0 : mass.length - 1;
    int inward = theta < 0 ? 1 : -1;
    while (heaviest >= 0 && heaviest < mass.length && mass[heaviest] <= LEAST) {
      heaviest += inward;
    }
    double step = theta * h;
    double[] powers = new double[Math.abs(step) * BLOCK <= 32 ? BLOCK : 1];
    for (int j = 0; j < powers.length; j++) {
      powers[j] = Math.exp(j * step);
    }
    double sum = 0;
    for (int i = 0; i < mass.length; i += powers.length) {
      int dots = Math.min(powers.length, mass.length - i);
      double block = 0;
      for (int j = 0; j < dots; j++) {
        block += mass[i + j] > LEAST ? mass[i + j] * powers[j] : 0;
      }
      sum += block > 0 ? block * Math.exp(step * (i - heaviest)) : 0;
    }
    return sum > 1e-300 ? theta * loss(heaviest) + Math.log(sum) : Double.POSITIVE_INFINITY;
  }
}
