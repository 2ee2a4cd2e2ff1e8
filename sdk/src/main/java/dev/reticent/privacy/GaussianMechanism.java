package dev.reticent.privacy;

/**
 * Releases clipped sums: each gets Gaussian noise of standard deviation σC, and an entry in the
 * ledger before anyone sees it.
 *
 * <p>Formal guarantee: over all steps recorded, the releases are (ε, δ)-differentially private with
 * the ε that the ledger states for add/remove-one adjacency, provided the sums come from {@link
 * PoissonSampler} batches of the same plan and the key is secret.
 *
 * <table>
 *   <caption>Edge cases</caption>
 *   <tr><td>empty batch</td><td>pure noise, accounted like any step</td></tr>
 *   <tr><td>example that is not finite</td><td>contributed zero, see {@link Clipping}</td></tr>
 *   <tr><td>budget used up</td><td>{@link BudgetExceededException}, before anything is released</td></tr>
 *   <tr><td>second release of a sum</td><td>{@link IllegalStateException}</td></tr>
 * </table>
 */
public final class GaussianMechanism {

  private final SubsampledGaussian plan;
  private final RunKey key;
  private final Ledger ledger;

  public GaussianMechanism(SubsampledGaussian plan, RunKey key, Ledger ledger) {
    this.plan = plan;
    this.key = key;
    this.ledger = ledger;
  }

  /**
   * Records the step, then adds noise.
   *
   * @throws BudgetExceededException when this step would exceed the ledger's budget
   */
  public NoisySum release(ClippedSum sum) {
    ledger.record(sum.step(), plan, sum.sensitivity());
    double deviation = plan.noiseMultiplier() * sum.sensitivity();
    return new NoisySum(
        sum.step(), GaussianNoise.addTo(sum.take(), sum.grid(), deviation, key, sum.step()));
  }
}
