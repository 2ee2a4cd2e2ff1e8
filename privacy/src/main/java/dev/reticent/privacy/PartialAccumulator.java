package dev.reticent.privacy;

/**
 * Clips and adds the gradients of some units of a step, micro-batch by micro-batch, on whatever
 * machine they are computed.
 *
 * <p>Each row is scaled, rounded to the grid by itself and added as a whole number, so the sum has
 * the same bits for any order of the rows, any micro-batches and any number of threads, and what a
 * unit adds to it depends on nothing but that unit's gradient. What it adds has an L2 norm of at
 * most C: weights are shrunk by 2⁻⁸ of themselves, which covers norms wrong by 2⁻¹¹ (see {@link
 * PerExampleGradients}) and the rounding of P coordinates to 2⁻³⁶C, √P·2⁻³⁷·C, up to P = 10¹⁵.
 * Whether a unit's gradient has the same bits whoever else is in its micro-batch is the engine's
 * part. Thread-safe.
 */
public final class PartialAccumulator {

  /** The share of the clip norm that is kept back for rounding. */
  static final double MARGIN = 0x1p-8;

  /** Whole numbers up to here are exact in double, and so are their sums. */
  private static final double EXACT = 0x1p53;

  private final SumRule rule;
  private final Claims claims;
  private final long[] sum;

  PartialAccumulator(SumRule rule) {
    this.rule = rule;
    this.claims = new Claims(rule.step());
    this.sum = Spare.ARRAYS.zeros(rule.coordinates());
  }

  /**
   * Clips and adds a micro-batch, or throws and adds nothing of it.
   *
   * @param units the sampled units whose gradients these are, in their order
   * @throws IllegalArgumentException when a unit comes twice or was added already, or counts
   *     disagree
   * @throws IllegalStateException when the sum is longer than so many clipped gradients can be
   */
  public void add(int[] units, PerExampleGradients gradients) {
    if (units.length != gradients.count() || gradients.dimension() != rule.dimension()) {
      throw new IllegalArgumentException(
          "expected %d gradients of %d coordinates, got %d of %d"
              .formatted(units.length, rule.dimension(), gradients.count(), gradients.dimension()));
    }
    double[][] norms = gradients.squaredNorms();
    double[][] weights = rule.clipping().weights(norms);
    double[] extra = rule.extra(norms, gradients.losses());
    double factor = rule.factor();
    for (double[] group : weights) {
      for (int i = 0; i < group.length; i++) {
        group[i] *= factor;
      }
    }
    double[] part = gradients.wholeSum(weights);
    check(units.length, part);
    synchronized (this) {
      claims.take(units); // only now, so that gradients for which memory ran out can come again
      Blocks.inParallel(
          part.length,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              sum[i] = Math.addExact(sum[i], (long) part[i]);
            }
          });
      addExtra(extra);
    }
  }

  private void addExtra(double[] extra) {
    for (int i = 0; i < extra.length; i++) {
      int at = rule.dimension() + i;
      sum[at] = Math.addExact(sum[at], (long) extra[i]);
    }
  }

  /**
   * Adds units that are held out from training: their losses, in place of gradients.
   *
   * @param units the sampled units whose losses these are, in their order
   * @throws IllegalArgumentException when a unit comes twice or was added already, or counts
   *     disagree
   * @throws IllegalStateException when no held-out units ride along
   */
  public synchronized void addHeldOut(int[] units, double[] losses) {
    if (units.length != losses.length) {
      throw new IllegalArgumentException(
          "expected a loss for each of %d units, got %d".formatted(units.length, losses.length));
    }
    double[] extra = rule.curve().heldOutSums(rule.clipping().clipNorm(), rule.grid(), losses);
    claims.take(units);
    addExtra(extra);
  }

  /**
   * Adds places of the sampler that hold no unit: nothing, but they count as added.
   *
   * @throws IllegalArgumentException when one comes twice or was added already
   */
  public synchronized void addNothing(int[] places) {
    claims.take(places);
  }

  /** Whatever the gradients say of themselves: whole numbers, and no more than n·C of them. */
  private void check(int count, double[] part) {
    double squares = 0;
    for (double value : part) {
      if (!(Math.abs(value) < EXACT) || value != Math.rint(value)) {
        throw new IllegalStateException(
            "a weighted sum on the grid must be of whole numbers below 2^53, got " + value);
      }
      squares += value * value;
    }
    rule.requireBound(count, squares);
  }

  /**
   * The finished sum.
   *
   * @throws IllegalStateException when this is the second call
   */
  public synchronized PartialSum finish() {
    return new PartialSum(rule.step(), rule.clipping().clipNorm(), claims.finish(), sum);
  }
}
