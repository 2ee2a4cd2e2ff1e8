package dev.reticent.privacy;

/** The units sampled for one step, in ascending order; possibly none. Which they are is private. */
public final class PoissonBatch {

  private final int step;
  private final int[] indices;

  PoissonBatch(int step, int[] indices) {
    this.step = step;
    this.indices = indices;
  }

  /** The step's number, from 0. */
  public int step() {
    return step;
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
  public GradientAccumulator accumulator(Clipping clipping, int dimension) {
    return new GradientAccumulator(this, clipping, dimension);
  }
}
