package dev.reticent.privacy.accounting;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A bracket on ε of T steps of the Poisson-subsampled Gaussian, from its privacy loss distribution.
 *
 * <p>Two discrete losses enclose that of a step ({@link LossDistribution}): one dominates it, the
 * step dominates the other, both within O(h²) of it. Each is composed by FFT after an exponential
 * tilt e^(θl) at the Chernoff point, so that the tail that decides δ is computed to relative, not
 * absolute, accuracy. The mass beyond the FFT's window and the grid, a bound on the FFT's rounding
 * and one on the relative error of the masses count against each bound.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class PldAccountant {
  private static final int COARSE = 1 << 14;
  private static final int USUAL_SIZE = 1 << 19;
  private static final int LARGEST_SIZE = 1 << 21;
  private static final double LEAST = 0.01;
  private static final double SHARE = 1e-6;

  private final double samplingRate;
  private final double noiseMultiplier;
  private final Adjacency adjacency;

  /**
   * @param samplingRate q in (0, 1]
   * @param noiseMultiplier σ, positive
   * @throws IllegalArgumentException for {@link Adjacency#ZERO_OUT}, which has no accountant here
   */
  public PldAccountant(double samplingRate, double noiseMultiplier, Adjacency adjacency) {
    if (!(samplingRate > 0 && samplingRate <= 1)) {
      throw new IllegalArgumentException("sampling rate must be in (0, 1], got " + samplingRate);
    }
    if (!(noiseMultiplier > 0) || Double.isInfinite(noiseMultiplier)) {
      throw new IllegalArgumentException(
          "noise multiplier must be positive and finite, got " + noiseMultiplier);
    }
    if (adjacency == Adjacency.ZERO_OUT) {
      throw new IllegalArgumentException(
          "the PLD accountant covers ADD_OR_REMOVE_ONE and REPLACE_ONE, got " + adjacency);
    }
    this.samplingRate = samplingRate;
    this.noiseMultiplier = noiseMultiplier;
    this.adjacency = adjacency;
  }

  /**
   * The bracket after T steps.
   *
   * @param steps T, not negative
   * @param delta δ in (0, 1)
   */
  public EpsilonBracket epsilon(int steps, double delta) {
    double upper = 0;
    double lower = 0;
    for (Grid grid : grids(steps, delta)) {
      upper = Math.max(upper, compose(grid, LossDistribution.Side.ABOVE).upper(delta));
      lower = Math.max(lower, compose(grid, LossDistribution.Side.BELOW).lower(delta));
    }
    return new EpsilonBracket(Math.min(lower, upper), upper);
  }

  /** The upper end of the bracket alone, which is the one to report, in half the time. */
  public double upper(int steps, double delta) {
    double upper = 0;
    for (Grid grid : grids(steps, delta)) {
      upper = Math.max(upper, compose(grid, LossDistribution.Side.ABOVE).upper(delta));
    }
    return upper;
  }

  /** A grid for each direction that counts; none when there is no step. */
  private List<Grid> grids(int steps, double delta) {
    if (steps < 0 || !(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException(
          "needs steps >= 0 and delta in (0, 1), got steps " + steps + ", delta " + delta);
    }
    return steps == 0 ? List.of() : pairs().stream().map(pair -> grid(pair, steps, delta)).toList();
  }

  private List<LossPair> pairs() {
    return adjacency == Adjacency.REPLACE_ONE
        ? List.of(LossPair.REPLACE)
        : List.of(LossPair.REMOVE, LossPair.ADD);
  }

  /**
   * Where and how finely a loss is followed.
   *
   * @param z in σ
   * @param h between dots
   * @param theta the tilt
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  private record Grid(
      LossPair pair, int steps, double z, double h, double theta, double[] window) {}

  private Grid grid(LossPair pair, int steps, double delta) {
    double q = samplingRate;
    double sigma = noiseMultiplier;
    double z = Math.sqrt(2 * Math.log(steps / (delta * SHARE)));
    double span = pair.loss(q, sigma, 1 + z * sigma) - pair.loss(q, sigma, -z * sigma);
    LossDistribution coarse =
        new LossDistribution(
            pair, q, sigma, z, Math.max(span / COARSE, 1e-12), LossDistribution.Side.ABOVE, steps);
    double theta = tilt(coarse, steps, delta);
    double[] window = window(coarse, theta, steps);
    double guess = Math.max(0, (steps * coarse.cumulant(theta) - Math.log(delta)) / theta);
    // The bounds differ by about T·h²/4.
    double tolerance = guess > 50 ? 1e-6 * guess : 2e-7;
    double width = window[1] - window[0];
    double h = Math.min(Math.sqrt(tolerance / steps), width / 4096);
    double range = Math.max(width, span);
    double usual = Math.max(h, range / USUAL_SIZE);
    // A finer grid where the usual one would be off in the fourth digit.
    h = steps * usual * usual > 1000 * tolerance ? Math.max(h, range / LARGEST_SIZE) : usual;
    return new Grid(pair, steps, z, h, theta, window);
  }

  private ComposedLoss compose(Grid grid, LossDistribution.Side side) {
    LossDistribution step =
        new LossDistribution(
            grid.pair(), samplingRate, noiseMultiplier, grid.z(), grid.h(), side, grid.steps());
    return ComposedLoss.of(step, grid.steps(), grid.theta(), grid.window());
  }

  /** The θ at which the Chernoff bound on ε, (T·K(θ) + log 1/δ)/θ, is smallest. */
  private static double tilt(LossDistribution loss, int steps, double delta) {
    double best = 1;
    double lowest = Double.POSITIVE_INFINITY;
    for (double theta = 1e-3; theta < 1e5; theta *= 1.15) {
      double bound = (steps * loss.cumulant(theta) - Math.log(delta)) / theta;
      if (bound < lowest) {
        lowest = bound;
        best = theta;
      }
    }
    return best;
  }

  /** Where all but about 1e-9 of the tilted sum lies, and the Chernoff exponents of both ends. */
  static double[] window(LossDistribution loss, double theta, int steps) {
    double base = loss.cumulant(theta);
    double[] found = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 1, 1};
    double need = 22;
    for (double lambda = 1e-3; lambda < 1e5; lambda *= 1.5) {
      double high = (steps * (loss.cumulant(theta + lambda) - base) + need) / lambda;
      double low = -(steps * (loss.cumulant(theta - lambda) - base) + need) / lambda;
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

  /**
   * The smallest σ, within 1e-5 and rounded up, whose upper ε meets the target.
   *
   * @throws IllegalArgumentException when no multiplier up to 10000 is enough
   */
  public static double noiseMultiplier(
      double targetEpsilon, double delta, double samplingRate, int steps, Adjacency adjacency) {
    // log of upper ε over target: positive where the noise is too small.
    DoubleUnaryOperator excess =
        sigma -> {
          double upper = new PldAccountant(samplingRate, sigma, adjacency).upper(steps, delta);
          return Math.log(Math.max(upper, 1e-12) / targetEpsilon);
        };
    double high = 0.5;
    double atHigh = excess.applyAsDouble(high);
    double low = high;
    double atLow = atHigh;
    while (atHigh > 0) {
      low = high;
      atLow = atHigh;
      high *= 2;
      if (high > 10_000) {
        throw new IllegalArgumentException(
            "no noise multiplier up to 10000 reaches ε = %s at δ = %s with sampling rate %s and %d steps; raise ε"
                .formatted(targetEpsilon, delta, samplingRate, steps));
      }
      atHigh = excess.applyAsDouble(high);
    }
    while (atLow <= 0 && low > LEAST) {
      high = low;
      atHigh = atLow;
      low = Math.max(LEAST, low / 2);
      atLow = excess.applyAsDouble(low);
    }
    if (atLow <= 0) {
      return low;
    }
    // log ε is nearly straight in log σ, so the chord's root is close; Illinois' rule halves
    // the end that stays, so that both ends move.
    int kept = 0;
    while (high - low > 1e-5) {
      double chord = Math.log(low) + Math.log(high / low) * atLow / (atLow - atHigh);
      double middle = Math.min(Math.max(Math.exp(chord), low + 4e-6), high - 4e-6);
      double at = excess.applyAsDouble(middle);
      if (at > 0) {
        low = middle;
        atLow = at;
        atHigh = kept == 1 ? atHigh / 2 : atHigh;
        kept = 1;
      } else {
        high = middle;
        atHigh = at;
        atLow = kept == -1 ? atLow / 2 : atLow;
        kept = -1;
      }
    }
    return high;
  }
}
