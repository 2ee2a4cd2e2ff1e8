package dev.reticent.privacy;

import java.io.Serializable;

/**
 * How each example's gradient is bounded: it is scaled so that its L2 norm is at most C.
 *
 * <p>An example with a norm that is not finite is given weight 0: it contributes nothing, and
 * nothing else changes.
 */
public sealed interface Clipping extends Serializable {

  /** C, the bound on the L2 norm of what an example contributes. */
  double clipNorm();

  /**
   * How weights follow from norms.
   *
   * @param groups G
   */
  Scaling scaling(int groups);

  /**
   * The factor of each group and example.
   *
   * @param squaredNorms [G][B]
   * @return weights [G][B]
   */
  default double[][] weights(double[][] squaredNorms) {
    return scaling(squaredNorms.length).weights(squaredNorms);
  }

  /**
   * Which examples are scaled down, by their norm over all groups; one whose norm is not finite is.
   *
   * @param squaredNorms [G][B]
   */
  default boolean[] clipped(double[][] squaredNorms) {
    boolean[] clipped = new boolean[squaredNorms[0].length];
    for (int i = 0; i < clipped.length; i++) {
      double sum = 0;
      for (double[] group : squaredNorms) {
        sum += group[i];
      }
      clipped[i] = !(Math.sqrt(sum) <= threshold());
    }
    return clipped;
  }

  /** The norm above which an example counts as clipped: C, unless it adapts. */
  default double threshold() {
    return clipNorm();
  }

  /** Whether {@link #after} needs the estimates of a {@link PrivateCurve}. */
  default boolean followsTheCurve() {
    return false;
  }

  /** The clipping of the next step, after what this one released. */
  default Clipping after(PrivateCurve.Estimate estimate) {
    return this;
  }

  /** What a released mean is multiplied with to be one of clipped gradients, a public number. */
  default double meanScale() {
    return 1;
  }

  /** One norm over all coordinates: weight min(1, C/‖g‖) (Abadi et al. 2016). */
  record Flat(double clipNorm) implements Clipping {
    public Flat {
      check(clipNorm);
    }

    @Override
    public Scaling scaling(int groups) {
      return new Scaling(clipNorm, clipNorm, 0, false);
    }
  }

  /** Each of G groups is clipped to C/√G (McMahan et al. 2018). */
  record PerLayer(double clipNorm) implements Clipping {
    public PerLayer {
      check(clipNorm);
    }

    @Override
    public Scaling scaling(int groups) {
      double bound = clipNorm / Math.sqrt(groups);
      return new Scaling(bound, bound, 0, true);
    }
  }

  /** Normalised: weight C/(‖g‖ + γ), so that C only scales the step (Bu et al. 2023). */
  record Automatic(double clipNorm, double stability) implements Clipping {
    public Automatic {
      check(clipNorm);
      check(stability);
    }

    @Override
    public Scaling scaling(int groups) {
      return new Scaling(clipNorm, 0, stability, false);
    }
  }

  /**
   * Flat clipping at a threshold that follows a quantile of the norms (Andrew et al. 2021).
   *
   * <p>The gradient clipped to the threshold θ is scaled by C/θ, so the sum's sensitivity is C
   * whatever θ is. The clipped fraction that moves θ comes from the same noisy release ({@link
   * PrivateCurve}), so following it costs no further ε. A released mean is in units of C; times θ/C
   * it is the mean of the gradients clipped to θ.
   *
   * @param clipNorm C
   * @param threshold θ, public: it depends on released values only
   * @param targetUnclipped the share of examples that should stay below θ, in (0, 1)
   * @param learningRate η of θ ← θ·exp(−η(unclipped − target))
   */
  record Adaptive(double clipNorm, double threshold, double targetUnclipped, double learningRate)
      implements Clipping {
    public Adaptive {
      check(clipNorm);
      check(threshold);
      check(targetUnclipped);
      check(learningRate);
    }

    @Override
    public Scaling scaling(int groups) {
      return new Scaling(clipNorm, threshold, 0, false);
    }

    @Override
    public boolean followsTheCurve() {
      return true;
    }

    /** The sum is in units of C/θ, and θ may move between steps. */
    @Override
    public double meanScale() {
      return threshold / clipNorm;
    }

    @Override
    public Adaptive after(PrivateCurve.Estimate estimate) {
      double unclipped = 1 - estimate.clippedFraction();
      double moved = threshold * Math.exp(-learningRate * (unclipped - targetUnclipped));
      double bounded = Math.min(clipNorm * 0x1p20, Math.max(clipNorm * 0x1p-20, moved));
      return new Adaptive(clipNorm, bounded, targetUnclipped, learningRate);
    }
  }

  private static void check(double bound) {
    if (!(bound > 0) || Double.isInfinite(bound)) {
      throw new IllegalArgumentException("a clipping bound must be positive, got " + bound);
    }
  }
}
