package dev.reticent.privacy;

/**
 * A sum that one unit changes by at most its sensitivity. It is private: nothing can be read from
 * it, and {@link GaussianMechanism#release} uses it up.
 */
public final class ClippedSum {

  private final SubsampledGaussian plan;
  private final int step;
  private final FixedPoint grid;
  private final double sensitivity;
  private final PrivateCurve curve;
  private long[] units;
  private boolean used;

  ClippedSum(
      SubsampledGaussian plan,
      int step,
      FixedPoint grid,
      long[] units,
      double sensitivity,
      PrivateCurve curve) {
    this.plan = plan;
    this.step = step;
    this.grid = grid;
    this.units = units;
    this.sensitivity = sensitivity;
    this.curve = curve;
  }

  /** The step whose batch was summed. */
  public int step() {
    return step;
  }

  /** C: the L2 norm by which adding or removing one unit changes the sum at most. */
  public double sensitivity() {
    return sensitivity;
  }

  SubsampledGaussian plan() {
    return plan;
  }

  PrivateCurve curve() {
    return curve;
  }

  FixedPoint grid() {
    return grid;
  }

  /** The sum itself, once. */
  synchronized long[] take() {
    if (used) {
      throw new IllegalStateException("the sum of step " + step + " was released already");
    }
    used = true;
    long[] taken = units;
    units = new long[0];
    return taken;
  }
}
