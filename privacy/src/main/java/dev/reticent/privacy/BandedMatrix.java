package dev.reticent.privacy;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * C of the banded matrix mechanism (Choquette-Choo et al. 2023, arXiv 2306.08153): lower triangular
 * and Toeplitz with b bands, c₀ … c_{b−1}, scaled so that Σcᵢ² = 1, which is the squared norm of
 * its longest columns.
 *
 * <p>Before scaling the bands are the first b coefficients of (1 − x)^(−a). With a = ½ that is the
 * square root of the matrix of prefix sums, cut to b bands (Kalinin and Lampert 2024, "Banded
 * Square Root Matrix Factorization"); here a is what makes the mean squared error of the T prefix
 * sums, ‖A·C⁻¹‖²/T with A lower triangular of ones, smallest. For 60 and 200 steps with 4 to 16
 * bands the root of that error is within a thousandth of the best that any b coefficients have.
 *
 * <p>C⁻¹ is Toeplitz too, with coefficients w₀, w₁, … that go on but fade. Those are left out that
 * together, times the 13.2 σ that a draw reaches at most, are less than a double's rounding of w₀.
 *
 * <p>Immutable.
 */
public final class BandedMatrix {

  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final double LEAST = 0.1;
  private static final double MOST = 1.5;
  private static final double EXACT = 1e-6;
  private static final double NEGLIGIBLE = 0x1p-54 / 14;

  private final double[] band;
  private final double[] inverse;

  private BandedMatrix(double[] band, int steps) {
    this.band = band;
    this.inverse = faded(inverse(band, steps));
  }

  /**
   * The matrix for so many bands and steps; with one band the identity.
   *
   * @param bands b, at least 1
   * @param steps T, at least 1
   */
  public static BandedMatrix of(int bands, int steps) {
    int width = Math.min(bands, steps);
    double exponent =
        width == 1 ? LEAST : least(a -> meanSquaredError(band(a, width), steps), LEAST, MOST);
    return new BandedMatrix(band(exponent, width), steps);
  }

  /** (1 − x)^(−a) = Σ cᵢxⁱ has c₀ = 1 and cᵢ = cᵢ₋₁·(i − 1 + a)/i. */
  private static double[] band(double exponent, int bands) {
    double[] band = new double[bands];
    band[0] = 1;
    double squares = 1;
    for (int i = 1; i < bands; i++) {
      band[i] = band[i - 1] * (i - 1 + exponent) / i;
      squares += band[i] * band[i];
    }
    double norm = Math.sqrt(squares);
    return Arrays.stream(band).map(c -> c / norm).toArray();
  }

  /** The first coefficients of C⁻¹: w₀ = 1/c₀ and wₜ = −Σ cᵢwₜ₋ᵢ/c₀ over i from 1. */
  private static double[] inverse(double[] band, int count) {
    double[] inverse = new double[count];
    inverse[0] = 1 / band[0];
    for (int t = 1; t < count; t++) {
      double sum = 0;
      for (int i = 1; i < Math.min(band.length, t + 1); i++) {
        sum += band[i] * inverse[t - i];
      }
      inverse[t] = -sum / band[0];
    }
    return inverse;
  }

  private static double[] faded(double[] inverse) {
    int count = inverse.length;
    double rest = 0;
    while (count > 1) {
      rest += Math.abs(inverse[count - 1]);
      if (rest > NEGLIGIBLE * inverse[0]) {
        break;
      }
      count--;
    }
    return Arrays.copyOf(inverse, count);
  }

  /** ‖A·C⁻¹‖²/T: the mean variance of the noise in prefix sums of the released sums. */
  private static double meanSquaredError(double[] band, int steps) {
    double prefix = 0;
    double variance = 0;
    double sum = 0;
    for (double w : inverse(band, steps)) {
      prefix += w;
      variance += prefix * prefix;
      sum += variance;
    }
    return sum / steps;
  }

  /**
   * The place of the minimum of a function that has one, by golden section. {@code RdpAccountant}
   * seeks a minimum's value in this way by code of its own: a type that both packages see would be
   * part of the API, and the last bits of ε hang on the order of its operations.
   */
  private static double least(DoubleUnaryOperator of, double from, double to) {
    double low = from;
    double high = to;
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double atLeft = of.applyAsDouble(left);
    double atRight = of.applyAsDouble(right);
    while (high - low > EXACT) {
      if (atLeft < atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = of.applyAsDouble(left);
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = of.applyAsDouble(right);
      }
    }
    return (low + high) / 2;
  }

  /** b, or T where that is less. */
  public int bands() {
    return band.length;
  }

  /** cᵢ, by which the noise of a step i steps ago enters a row of C times the noise. */
  public double band(int lag) {
    return band[lag];
  }

  /**
   * w₀, w₁, …: what the draws of a step and of those before it are multiplied with to be its noise.
   *
   * @param age how many steps there were before it
   */
  double[] weights(int age) {
    return Arrays.copyOf(inverse, Math.min(age + 1, inverse.length));
  }

  /** The deviation of a step's noise, over σC. */
  public double deviation(int age) {
    double squares = 0;
    for (double w : weights(age)) {
      squares += w * w;
    }
    return Math.sqrt(squares);
  }

  /** The root mean squared deviation of the noise in the prefix sums of so many steps, over σC. */
  public double prefixDeviation(int steps) {
    return Math.sqrt(meanSquaredError(band, steps));
  }
}
