package dev.reticent.privacy;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The sum of one batch's clipped gradients, from the {@link PartialSum}s of its units.
 *
 * <p>Guarantees: every sampled unit is in it exactly once, and no other; the result does not depend
 * on how the units were divided or in which order the parts come; the norm of each part is at most
 * that of so many clipped gradients, whatever made it. One unit changes the sum by its own
 * contribution, of at most C in L2 norm, and by nothing else; see {@link PartialAccumulator}.
 * Thread-safe.
 */
public final class GradientAccumulator {

  private final PoissonBatch batch;
  private final SumRule rule;
  private final BitSet added = new BitSet();
  private final int[] indices;
  private long[] sum = new long[0];
  private boolean finished;

  GradientAccumulator(PoissonBatch batch, SumRule rule) {
    this.batch = batch;
    this.rule = rule;
    this.indices = batch.indices();
  }

  /** How the units' gradients are to be clipped and added; here or on other machines. */
  public SumRule rule() {
    return rule;
  }

  /**
   * Adds the sum of some units, all of them or, where it throws, none.
   *
   * @throws IllegalArgumentException when a unit is not of this batch or was added already, or the
   *     sum was made by another rule
   * @throws IllegalStateException when the sum is longer than so many clipped gradients can be
   */
  public synchronized void add(PartialSum part) {
    if (finished) {
      throw new IllegalStateException("the sum of step " + batch.step() + " is finished");
    }
    if (part.step() != batch.step()
        || part.clipNorm() != rule.clipping().clipNorm()
        || part.coordinates() != rule.coordinates()) {
      throw new IllegalArgumentException(
          "expected a sum of step %d on %d coordinates clipped to %s, got one of step %d on %d clipped to %s"
              .formatted(
                  batch.step(),
                  rule.coordinates(),
                  rule.clipping().clipNorm(),
                  part.step(),
                  part.coordinates(),
                  part.clipNorm()));
    }
    BitSet claimed = claim(part.units());
    double bound = rule.clipping().clipNorm() * rule.grid().unitsOfOne();
    SumRule.requireBound(part.units().length, part.squares(), bound);
    added.or(claimed);
    long[] more = part.take();
    if (sum.length == 0) {
      sum = more;
    } else {
      add(more);
      Spare.ARRAYS.giveBack(more);
    }
  }

  private void add(long[] more) {
    Blocks.inParallel(
        sum.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            sum[i] = Math.addExact(sum[i], more[i]);
          }
        });
  }

  /** The places of the units, each of which must be free. */
  private BitSet claim(int[] units) {
    BitSet claimed = new BitSet();
    for (int unit : units) {
      int at = Arrays.binarySearch(indices, unit);
      if (at < 0) {
        throw new IllegalArgumentException("unit " + unit + " is not in this batch");
      }
      if (added.get(at) || claimed.get(at)) {
        throw new IllegalArgumentException("unit " + unit + " was added already");
      }
      claimed.set(at);
    }
    return claimed;
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
    return new ClippedSum(
        batch, rule, sum.length == 0 ? Spare.ARRAYS.zeros(rule.coordinates()) : sum);
  }
}
