package dev.reticent.privacy;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The sum of one batch's clipped gradients, built micro-batch by micro-batch.
 *
 * <p>Guarantees: every sampled unit is added exactly once; the result does not depend on the order
 * of the micro-batches or on how many threads add them; one unit changes the sum by at most C in L2
 * norm. For the last, weights are shrunk by {@value #MARGIN}, which covers the fp32 rounding of
 * norms and of weighted sums over micro-batches of up to 90 examples in the worst case (2n²·2⁻²⁴),
 * and of far larger ones in any ordinary case. Thread-safe.
 */
public final class GradientAccumulator {

  /** The share of the clip norm that is kept back for rounding. */
  static final double MARGIN = 1e-3;

  private final PoissonBatch batch;
  private final Clipping clipping;
  private final FixedPoint grid;
  private final long[] sum;
  private final BitSet added = new BitSet();
  private final int[] indices;
  private boolean finished;

  GradientAccumulator(PoissonBatch batch, Clipping clipping, int dimension) {
    this.batch = batch;
    this.clipping = clipping;
    this.grid = FixedPoint.forClipNorm(clipping.clipNorm());
    this.sum = new long[dimension];
    this.indices = batch.indices();
  }

  /**
   * Clips and adds a micro-batch.
   *
   * @param units the sampled units whose gradients these are, in their order
   * @throws IllegalArgumentException when a unit is not of this batch or was added already, or
   *     counts disagree
   */
  public void add(int[] units, PerExampleGradients gradients) {
    if (units.length != gradients.count() || gradients.dimension() != sum.length) {
      throw new IllegalArgumentException(
          "expected %d gradients of %d coordinates, got %d of %d"
              .formatted(units.length, sum.length, gradients.count(), gradients.dimension()));
    }
    claim(units);
    double[][] weights = clipping.weights(gradients.squaredNorms());
    for (double[] group : weights) {
      for (int i = 0; i < group.length; i++) {
        group[i] *= 1 - MARGIN;
      }
    }
    float[] part = gradients.weightedSum(weights);
    synchronized (this) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] = Math.addExact(sum[i], grid.of(part[i]));
      }
    }
  }

  private synchronized void claim(int[] units) {
    if (finished) {
      throw new IllegalStateException("the sum of step " + batch.step() + " is finished");
    }
    for (int unit : units) {
      int at = Arrays.binarySearch(indices, unit);
      if (at < 0) {
        throw new IllegalArgumentException("unit " + unit + " is not in this batch");
      }
      if (added.get(at)) {
        throw new IllegalArgumentException("unit " + unit + " was added already");
      }
      added.set(at);
    }
  }

  /**
   * The finished sum.
   *
   * @throws IllegalStateException when a sampled unit is missing, or this is the second call
   */
  public synchronized ClippedSum finish() {
    if (finished || added.cardinality() != indices.length) {
      throw new IllegalStateException(
          finished
              ? "the sum of step " + batch.step() + " was taken already"
              : "the sum lacks " + (indices.length - added.cardinality()) + " sampled units");
    }
    finished = true;
    return new ClippedSum(batch.step(), grid, sum, clipping.clipNorm());
  }
}
