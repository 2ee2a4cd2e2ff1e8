package dev.reticent.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A mean with its bootstrap 95 % interval.
 *
 * <p>The interval runs from the 2.5th to the 97.5th percentile of the means of {@value #RESAMPLES}
 * samples of the same size, drawn with replacement by {@link SplittableRandom} from the seed;
 * percentiles are interpolated linearly. The rows are taken as independent.
 *
 * @see <a href="https://doi.org/10.1214/aos/1176344552">Efron 1979</a>
 */
public record MeanEstimate(double mean, double low, double high, int count) {
  static final int RESAMPLES = 10_000;

  /**
   * Estimates the mean behind values.
   *
   * @throws IllegalArgumentException if there are none, or one is not finite
   */
  public static MeanEstimate of(double[] values, long seed) {
    Rows.checkSome(values.length);
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "Value %d is %s: leave out what has no grade and count it.".formatted(i, values[i]));
      }
    }
    int n = values.length;
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[RESAMPLES];
    for (int resample = 0; resample < RESAMPLES; resample++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += values[random.nextInt(n)];
      }
      means[resample] = sum / n;
    }
    Arrays.sort(means);
    double mean = Arrays.stream(values).sum() / n;
    return new MeanEstimate(mean, percentile(means, 0.025), percentile(means, 0.975), n);
  }

  private static double percentile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    double next = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (at - below) * (next - sorted[below]);
  }
}
