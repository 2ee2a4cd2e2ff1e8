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
 * <p>Units that are held out from training can ride along too: one that is drawn adds C·(2·min(max(
 * loss, 0), L)/L − 1) to a coordinate of its own and nothing to the gradient. A unit is trained on
 * or held out, whatever the others are, so the vector still moves by at most C, and the estimate of
 * the held-out loss costs no ε either (parallel composition, McSherry 2009, inside one mechanism).
 *
 * @param share a, in [0, 0.5]; 0 releases nothing of the training units
 * @param lossBound L, the public bound at which losses are clipped
 * @param heldOut how many units are held out for each one that is trained on, as anyone may know; 0
 *     when none ride along
 */
public record PrivateCurve(double share, double lossBound, double heldOut) implements Serializable {

  /** No estimates, at no cost. */
  public static final PrivateCurve NONE = new PrivateCurve(0, 1);

  /** Without units that are held out. */
  public PrivateCurve(double share, double lossBound) {
    this(share, lossBound, 0);
  }

  public PrivateCurve {
    if (!(share >= 0 && share <= 0.5)) {
      throw new IllegalArgumentException("the share must be in [0, 0.5], got " + share);
    }
    if (!(lossBound > 0) || Double.isInfinite(lossBound)) {
      throw new IllegalArgumentException("the loss bound must be positive, got " + lossBound);
    }
    if (!(heldOut >= 0) || Double.isInfinite(heldOut)) {
      throw new IllegalArgumentException("held-out units must be some or none, got " + heldOut);
    }
  }

  /**
   * What a step released.
   *
   * @param loss the mean clipped loss; NaN where a is 0
   * @param lossDeviation standard deviation of the noise in it
   * @param clippedFraction the share of clipped examples; noise can carry it out of [0, 1]
   * @param clippedDeviation standard deviation of the noise in it
   * @param heldOutLoss the mean clipped loss on held-out units; NaN where none ride along
   * @param heldOutDeviation standard deviation of the noise in it
   */
  public record Estimate(
      double loss,
      double lossDeviation,
      double clippedFraction,
      double clippedDeviation,
      double heldOutLoss,
      double heldOutDeviation) {

    /** Where no held-out units ride along. */
    public Estimate(
        double loss, double lossDeviation, double clippedFraction, double clippedDeviation) {
      this(loss, lossDeviation, clippedFraction, clippedDeviation, Double.NaN, Double.NaN);
    }
  }

  /** With so many held-out units for each one that is trained on. */
  public PrivateCurve withHeldOut(double ratio) {
    return new PrivateCurve(share, lossBound, ratio);
  }

  private int ofTraining() {
    return share == 0 ? 0 : 2;
  }

  int coordinates() {
    return ofTraining() + (heldOut == 0 ? 0 : 1);
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
    if (share > 0) {
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

  /**
   * What held-out units add to the extra coordinates, each rounded to the grid by itself.
   *
   * @throws IllegalStateException when none ride along
   */
  double[] heldOutSums(double clipNorm, FixedPoint grid, double[] losses) {
    if (heldOut == 0) {
      throw new IllegalStateException("no held-out units ride along with this sum");
    }
    double[] sums = new double[coordinates()];
    double scale = clipNorm * (1 - PartialAccumulator.MARGIN) * grid.unitsOfOne();
    for (double loss : losses) {
      if (Double.isFinite(loss)) {
        double bounded = Math.min(Math.max(loss, 0), lossBound);
        sums[ofTraining()] += Math.rint(scale * (2 * bounded / lossBound - 1));
      }
    }
    return sums;
  }

  /**
   * @param noised the extra coordinates
   */
  Estimate estimate(double[] noised, double clipNorm, double deviation, double batchSize) {
    double whole = clipNorm * batchSize * (1 - PartialAccumulator.MARGIN);
    double kept = share * whole;
    double aside = heldOut * whole;
    double loss = share == 0 ? Double.NaN : noised[0] / kept;
    double clipped = share == 0 ? Double.NaN : noised[1] / kept;
    double evaluated = heldOut == 0 ? Double.NaN : noised[ofTraining()] / aside;
    return new Estimate(
        lossBound * (loss + 1) / 2,
        lossBound * deviation / kept / 2,
        (clipped + 1) / 2,
        deviation / kept / 2,
        lossBound * (evaluated + 1) / 2,
        lossBound * deviation / aside / 2);
  }
}
