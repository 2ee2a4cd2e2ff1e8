package dev.reticent.privacy;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The sum of one batch's clipped gradients, built micro-batch by micro-batch.
 *
 * <p>Guarantees: every sampled unit is added exactly once; the result does not depend on the order
 * of the micro-batches or on how many threads add them; one unit changes the sum by at most C in L2
 * norm. For the last, weights are shrunk by 2⁻⁸ of themselves. In the worst case over all data this
 * covers norms wrong by 2⁻¹² (see {@link PerExampleGradients}), and the fp32 rounding of the
 * weighted sums: a micro-batch of n examples is off by at most n·2⁻²⁴·nC, and since one more unit
 * can shift the others between micro-batches, all of them count, on both sides: Σn²·2⁻²³·C, within
 * the rest of the margin up to Σn² = 30 000 (a batch of 900 in micro-batches of 32). Rounding
 * errors that are not conspiring add up to about √(Σn)·2⁻²⁴·C, which leaves room for any batch
 * size. Rounding to the grid adds √P·2⁻³⁷·C for each micro-batch. Thread-safe.
 */
public final class GradientAccumulator {

  /** The share of the clip norm that is kept back for rounding. */
  static final double MARGIN = 0x1p-8;

  private final PoissonBatch batch;
  private final Clipping clipping;
  private final PrivateCurve curve;
  private final FixedPoint grid;
  private final int dimension;
  private final long[] sum;
  private final BitSet added = new BitSet();
  private final int[] indices;
  private boolean finished;

  GradientAccumulator(PoissonBatch batch, Clipping clipping, int dimension, PrivateCurve curve) {
    this.batch = batch;
    this.clipping = clipping;
    this.curve = curve;
    this.dimension = dimension;
    this.grid = FixedPoint.forClipNorm(clipping.clipNorm());
    this.sum = new long[dimension + curve.coordinates()];
    this.indices = batch.indices();
  }

  /**
   * Clips and adds a micro-batch, or throws and adds nothing of it.
   *
   * @param units the sampled units whose gradients these are, in their order
   * @throws IllegalArgumentException when a unit is not of this batch or was added already, or
   *     counts disagree
   */
  public void add(int[] units, PerExampleGradients gradients) {
    if (units.length != gradients.count() || gradients.dimension() != dimension) {
      throw new IllegalArgumentException(
          "expected %d gradients of %d coordinates, got %d of %d"
              .formatted(units.length, dimension, gradients.count(), gradients.dimension()));
    }
    double[][] norms = gradients.squaredNorms();
    double[][] weights = clipping.weights(norms);
    double[] extra = curve.sums(clipping.clipNorm(), clipping.clipped(norms), gradients.losses());
    double shrink = (1 - MARGIN) * curve.gradientShare();
    for (double[] group : weights) {
      for (int i = 0; i < group.length; i++) {
        group[i] *= shrink;
      }
    }
    float[] part = gradients.weightedSum(weights);
    synchronized (this) {
      claim(units); // only now, so that gradients for which memory ran out can come again
      Blocks.inParallel(
          dimension,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              sum[i] = Math.addExact(sum[i], grid.of(part[i]));
            }
          });
      for (int i = 0; i < extra.length; i++) {
        sum[dimension + i] = Math.addExact(sum[dimension + i], grid.of(extra[i]));
      }
    }
  }

  private void claim(int[] units) {
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
    return new ClippedSum(batch.plan(), batch.step(), grid, sum, clipping.clipNorm(), curve);
  }
}
