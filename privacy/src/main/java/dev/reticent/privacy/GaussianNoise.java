package dev.reticent.privacy;

/**
 * Gaussian noise on a grid, in blocks that any number of threads may draw in any order.
 *
 * <p>Box and Muller's transform in double, from 126 and 54 uniform bits a pair: tails reach 13.2 σ.
 * Block b of a step always comes from the same stretch of the step's stream. Every draw takes the
 * same path without a branch, so its time says nothing about its value; and as only the basic
 * operations are used, the same bits give the same noise on any machine. The series are cut where
 * the next term is below 2⁻⁵⁴ of the sum, so log, sine and cosine are within 4·2⁻⁵³ of the exact
 * ones, relatively.
 *
 * <p>What is proven, with ideal bits in place of the key's stream (AES-256 in counter mode): a draw
 * is a normal one whose radius is cut at 13.2 σ, which moves a pair by a total variation of 2⁻¹²⁶
 * (10⁻²³ for 10⁹ coordinates and 10⁶ steps together; too little to be charged to δ), and whose
 * numbers are rounded: the uniform under the logarithm by a relative 2⁻⁵³, the angle by 2⁻⁵⁴ of a
 * turn, radius and product by less than 10·2⁻⁵³. Sum and noise are rounded to the public grid, so
 * that low bits, by which rounding could tell draws apart (Mironov 2012), are not released. It is
 * no exact sampler of a discrete Gaussian.
 */
final class GaussianNoise {

  static final int BLOCK = Blocks.SIZE;

  /** Pairs made together: their loops are short and plain, which the JIT turns into vectors. */
  private static final int PAIRS = 512;

  private static final double LN_2 = 0.6931471805599453;
  private static final long SQRT_HALF = Double.doubleToRawLongBits(Math.sqrt(0.5));
  private static final long ONE = Double.doubleToRawLongBits(1);
  private static final long MANTISSA = (1L << 52) - 1;

  private GaussianNoise() {}

  /**
   * Adds noise to {@code units}, rounded to the grid: the draws of the step and of those before it,
   * made anew from the key, each with its weight.
   *
   * @param standardDeviation of a draw
   * @param weights of the step's own draw, of that of the step before it, and so on
   */
  static void addTo(
      long[] units,
      FixedPoint grid,
      double standardDeviation,
      RunKey key,
      int step,
      double[] weights) {
    Blocks.inParallel(
        units.length,
        (from, to) -> {
          double[] noise = new double[BLOCK];
          double[] draw = new double[BLOCK];
          for (int lag = 0; lag < weights.length; lag++) {
            fill(draw, key, step - lag, from / BLOCK);
            for (int i = 0; i < BLOCK; i++) {
              noise[i] += weights[lag] * draw[i];
            }
          }
          for (int i = from; i < to; i++) {
            units[i] = Math.addExact(units[i], grid.of(noise[i - from] * standardDeviation));
          }
        });
  }

  /** Standard normal draws of a block; each pair takes 24 bytes of the stream. */
  static void fill(double[] noise, RunKey key, int step, long block) {
    RandomStream random = key.stream(RunKey.Purpose.NOISE, step, block * (BLOCK / 4 * 3));
    long[] bits = new long[3 * PAIRS];
    double[] radii = new double[PAIRS];
    double[] exponents = new double[PAIRS];
    double[] cosines = new double[PAIRS];
    double[] sines = new double[PAIRS];
    int[] quadrants = new int[PAIRS];
    for (int from = 0; from < noise.length; from += 2 * PAIRS) {
      random.fill(bits);
      for (int i = 0; i < PAIRS; i++) {
        // u = 2^k m with m in [√½, √2)
        long u =
            Double.doubleToRawLongBits(positive(bits[3 * i], bits[3 * i + 1])) - SQRT_HALF + ONE;
        exponents[i] = (int) (u >> 52) - 1023;
        radii[i] = Double.longBitsToDouble((u & MANTISSA) + SQRT_HALF);
        long turn = bits[3 * i + 2];
        sines[i] = angle(turn);
        quadrants[i] = (int) (turn & 3);
      }
      radii(exponents, radii);
      directions(sines, cosines);
      for (int i = 0; i < PAIRS; i++) {
        // t, π/2 − t, t + π and 3π/2 − t: one in each quarter of the circle
        double radius = radii[i] * (1 - (quadrants[i] & 2));
        int swapped = quadrants[i] & 1;
        noise[from + 2 * i + swapped] = radius * cosines[i];
        noise[from + 2 * i + 1 - swapped] = radius * sines[i];
      }
    }
  }

  /**
   * Uniform on (0, 1] in steps of 2⁻¹²⁶ as far as a double has them: its logarithm reaches the
   * normal's tail beyond 13 σ.
   */
  static double positive(long high, long low) {
    return ((high >>> 1) + ((low >>> 1) + 1.0) * 0x1p-63) * 0x1p-63;
  }

  /** Uniform on [−π/4, π/4), from the upper 52 bits and the sign. */
  static double angle(long bits) {
    return (bits >> 11) * (0x1p-53 * (Math.PI / 2));
  }

  /**
   * √(−2 ln(2^k m)) in place of m, by ln m = 2 artanh s with s = (m − 1)/(m + 1), |s| ≤ 0.172: s +
   * s³/3 + … + s¹⁹/19.
   */
  static void radii(double[] exponents, double[] mantissas) {
    for (int i = 0; i < mantissas.length; i++) {
      double s = (mantissas[i] - 1) / (mantissas[i] + 1);
      double z = s * s;
      double series = 1.0 / 17 + z * (1.0 / 19);
      series = 1.0 / 13 + z * (1.0 / 15 + z * series);
      series = 1.0 / 9 + z * (1.0 / 11 + z * series);
      series = 1.0 / 5 + z * (1.0 / 7 + z * series);
      series = 1 + z * (1.0 / 3 + z * series);
      mantissas[i] = Math.sqrt(-2 * (exponents[i] * LN_2 + 2 * s * series));
    }
  }

  /** Sine in place of the angle t, |t| ≤ π/4, and its cosine: Taylor's series to t¹⁷ and t¹⁶. */
  static void directions(double[] angles, double[] cosines) {
    for (int i = 0; i < angles.length; i++) {
      double t = angles[i];
      double z = t * t;
      double sine = -1.0 / 1307674368000L + z * (1.0 / 355687428096000L);
      sine = -1.0 / 39916800 + z * (1.0 / 6227020800L + z * sine);
      sine = -1.0 / 5040 + z * (1.0 / 362880 + z * sine);
      sine = -1.0 / 6 + z * (1.0 / 120 + z * sine);
      double cosine = -1.0 / 87178291200L + z * (1.0 / 20922789888000L);
      cosine = -1.0 / 3628800 + z * (1.0 / 479001600 + z * cosine);
      cosine = -1.0 / 720 + z * (1.0 / 40320 + z * cosine);
      cosine = -1.0 / 2 + z * (1.0 / 24 + z * cosine);
      angles[i] = t + t * z * sine;
      cosines[i] = 1 + z * cosine;
    }
  }
}
