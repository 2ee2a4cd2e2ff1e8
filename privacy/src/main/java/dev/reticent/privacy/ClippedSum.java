package dev.reticent.privacy;

/**
 * A sum that one unit changes by at most its sensitivity. It is private: nothing can be read from
 * it, and {@link PrivateStep#release} uses it up.
 */
public final class ClippedSum {

  private final PoissonBatch batch;
  private final SumRule rule;
  private long[] units;
  private boolean used;

  ClippedSum(PoissonBatch batch, SumRule rule, long[] units) {
    this.batch = batch;
    this.rule = rule;
    this.units = units;
  }

  /** The step whose batch was summed. */
  public int step() {
    return batch.step();
  }

  /** C: the L2 norm by which adding or removing one unit changes the sum at most. */
  public double sensitivity() {
    return rule.clipping().clipNorm();
  }

  /** P: the coordinates of a gradient. */
  int dimension() {
    return rule.dimension();
  }

  PoissonBatch batch() {
    return batch;
  }

  PrivateCurve curve() {
    return rule.curve();
  }

  FixedPoint grid() {
    return rule.grid();
  }

  /** The sum itself, once. */
  synchronized long[] take() {
    if (used) {
      throw new IllegalStateException("the sum of step " + step() + " was released already");
    }
    used = true;
    long[] taken = units;
    units = new long[0];
    return taken;
  }
}
