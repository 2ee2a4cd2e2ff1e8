package dev.reticent.privacy;

import java.io.Serializable;

/**
 * A private estimate of the training loss and of the clipped fraction that rides on the gradients.
 *
 * <p>Each example adds two coordinates to its clipped gradient: a·C·(2·min(max(loss, 0), L)/L − 1)
 * and a·C·(2·clipped − 1), with share a. The gradient is clipped to C·√(1 − 2a²), so the whole
 * vector's L2 norm is at most C: sensitivity, noise and ε of a step stay what they are. The price
 * is a gradient with 1/√(1 − 2a²) times the noise (1 % for a = 0.1). An example whose loss is not
 * finite adds zero for it.
 *
 * <p>Centring both coordinates halves their range, and so the noise of the estimates, as in Andrew
 * et al. 2021. An estimate's expectation is exact when the expected batch size is.
 *
 * @param share a, in [0, 0.5]; 0 releases nothing
 * @param lossBound L, the public bound at which losses are clipped
 */
public record PrivateCurve(double share, double lossBound) implements Serializable {

  /** No estimates, at no cost. */
  public static final PrivateCurve NONE = new PrivateCurve(0, 1);

  public PrivateCurve {
    if (!(share >= 0 && share <= 0.5)) {
      throw new IllegalArgumentException("the share must be in [0, 0.5], got " + share);
    }
    if (!(lossBound > 0) || Double.isInfinite(lossBound)) {
      throw new IllegalArgumentException("the loss bound must be positive, got " + lossBound);
    }
  }

  /**
   * What a step released.
   *
   * @param loss the mean clipped loss
   * @param lossDeviation standard deviation of the noise in it
   * @param clippedFraction the share of clipped examples; noise can carry it out of [0, 1]
   * @param clippedDeviation standard deviation of the noise in it
   */
  public record Estimate(
      double loss, double lossDeviation, double clippedFraction, double clippedDeviation) {}

  int coordinates() {
    return share == 0 ? 0 : 2;
  }

  /** √(1 − 2a²): the part of C that is left for the gradient. */
  double gradientShare() {
    return Math.sqrt(1 - 2 * share * share);
  }

  /**
   * What a micro-batch adds to the extra coordinates, each example rounded to the grid by itself.
   */
  double[] sums(double clipNorm, FixedPoint grid, boolean[] clipped, double[] losses) {
    double[] sums = new double[coordinates()];
    if (sums.length > 0) {
      double scale = share * clipNorm * (1 - PartialAccumulator.MARGIN) * grid.unitsOfOne();
      for (int i = 0; i < losses.length; i++) {
        if (Double.isFinite(losses[i])) {
          double bounded = Math.min(Math.max(losses[i], 0), lossBound);
          sums[0] += Math.rint(scale * (2 * bounded / lossBound - 1));
        }
        sums[1] += Math.rint(clipped[i] ? scale : -scale);
      }
    }
    return sums;
  }

  Estimate estimate(
      double loss, double clipped, double clipNorm, double deviation, double batchSize) {
    double kept = share * clipNorm * batchSize * (1 - PartialAccumulator.MARGIN);
    return new Estimate(
        lossBound * (loss / kept + 1) / 2,
        lossBound * deviation / kept / 2,
        (clipped / kept + 1) / 2,
        deviation / kept / 2);
  }
}
