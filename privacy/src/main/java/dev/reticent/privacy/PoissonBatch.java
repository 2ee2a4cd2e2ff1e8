package dev.reticent.privacy;

/** The units sampled for one step, in ascending order; possibly none. Which they are is private. */
public final class PoissonBatch {

  private final SubsampledGaussian plan;
  private final int step;
  private final int[] indices;
  private final Clipping clipping;
  private final PrivateCurve curve;

  PoissonBatch(
      SubsampledGaussian plan, int step, int[] indices, Clipping clipping, PrivateCurve curve) {
    this.plan = plan;
    this.step = step;
    this.indices = indices;
    this.clipping = clipping;
    this.curve = curve;
  }

  /** The step's number, from 0. */
  public int step() {
    return step;
  }

  /**
   * How often the units of this batch could have been drawn before: the round of b steps, from 0.
   */
  public int round() {
    return step / plan.bands();
  }

  SubsampledGaussian plan() {
    return plan;
  }

  /** How many units were sampled: private, like the units themselves. */
  public int size() {
    return indices.length;
  }

  /** The sampled units. */
  public int[] indices() {
    return indices.clone();
  }

  /**
   * Opens the sum of this batch's clipped gradients; it can be finished once every sampled unit was
   * added exactly once.
   *
   * @param dimension P, the number of coordinates of a gradient
   */
  public GradientAccumulator accumulator(int dimension) {
    return new GradientAccumulator(this, new SumRule(step, clipping, curve, dimension));
  }
}
