package dev.reticent.privacy;

import java.util.Optional;

/**
 * The private step of a run: it alone draws the batches, bounds what a unit adds, makes the noise
 * and charges the ledger, all by one plan and under one key.
 *
 * <pre>
 *   PrivateStep step = PrivateStep.open(plan, clipping, RunKey.fresh(), ledger, units);
 *   while (step.hasNext()) {
 *     PoissonBatch batch = step.sample();
 *     GradientAccumulator sum = batch.accumulator(dimension);
 *     … sum.add(partial) until every sampled unit is in …
 *     optimizer.step(parameters, step.release(sum.finish()).mean(), rate);
 *   }
 * </pre>
 *
 * <p>Formal guarantee: under a secret key, all that {@link #release} hands out is (ε,
 * δ)-differentially private with the ε that the ledger states. What must be right outside of this
 * class is that the gradients added for a unit are that unit's; see {@link PerExampleGradients}.
 *
 * <table>
 *   <caption>What is refused</caption>
 *   <tr><td>a secret key that another step has</td><td>{@link #open}</td></tr>
 *   <tr><td>a test key with a ledger that promises a secret one</td><td>{@link #open}</td></tr>
 *   <tr><td>a ledger of another plan or clip norm</td><td>{@link #open}</td></tr>
 *   <tr><td>a second key in the middle of a ledger's session, with bands</td><td>{@link #resume}</td></tr>
 *   <tr><td>a batch while the last one is not released: none may be passed over</td><td>{@link #sample}</td></tr>
 *   <tr><td>a sum of another step, or for the second time</td><td>{@link #release}</td></tr>
 *   <tr><td>the step that would exceed the budget</td><td>{@link #release}, before anything is released</td></tr>
 * </table>
 *
 * <p>Not thread-safe; the sums are.
 */
public final class PrivateStep {

  /**
   * What a step hands out, all of it covered by ε.
   *
   * @param mean what the optimizer gets
   * @param curve the estimates that rode along; empty when none were asked for
   * @param epsilonSpent ε after this step
   */
  public record Release(
      NoisyMean mean, Optional<PrivateCurve.Estimate> curve, double epsilonSpent) {}

  private final StepPlan plan;
  private final PoissonSampler sampler;
  private final GaussianMechanism mechanism;
  private final Ledger ledger;
  private Clipping clipping;
  private Optional<PoissonBatch> open = Optional.empty();

  private PrivateStep(
      StepPlan plan,
      Clipping clipping,
      PoissonSampler sampler,
      GaussianMechanism mechanism,
      Ledger ledger) {
    this.plan = plan;
    this.clipping = clipping;
    this.sampler = sampler;
    this.mechanism = mechanism;
    this.ledger = ledger;
  }

  /** The step of a run that begins. */
  public static PrivateStep open(
      StepPlan plan, Clipping clipping, RunKey key, Ledger ledger, int units) {
    return resume(plan, clipping, key, ledger, units, 0);
  }

  /**
   * The step of a run that goes on.
   *
   * @param clipping of the next step
   * @param units N, how many units the data has
   * @param firstStep where it goes on, from 0
   * @throws IllegalArgumentException when plan, clipping, key and ledger do not belong together
   * @throws IllegalStateException when another step has the secret key
   */
  public static PrivateStep resume(
      StepPlan plan, Clipping clipping, RunKey key, Ledger ledger, int units, int firstStep) {
    if (clipping.followsTheCurve() && plan.curve().share() == 0) {
      throw new IllegalArgumentException(
          "adaptive clipping follows the private curve's clipped fraction; give the curve a share");
    }
    ledger.requirePlan(plan.mechanism(), clipping.clipNorm());
    if (key.secret()) {
      ledger.requireNewRound();
    }
    PoissonSampler sampler = new PoissonSampler(plan.mechanism(), units, key, firstStep);
    // Draws under another key are none that this step could take away again.
    int firstNoise = key.secret() ? firstStep : 0;
    GaussianMechanism mechanism = new GaussianMechanism(plan.mechanism(), key, ledger, firstNoise);
    key.claim();
    return new PrivateStep(plan, clipping, sampler, mechanism, ledger);
  }

  /** Whether steps are left. */
  public boolean hasNext() {
    return sampler.hasNext();
  }

  /** The clipping of the next batch; it depends on released values only. */
  public Clipping clipping() {
    return clipping;
  }

  /**
   * Draws the next batch.
   *
   * @throws IllegalStateException when all steps are taken, or the last batch was not released:
   *     which batches are passed over would tell of their units
   */
  public PoissonBatch sample() {
    open.ifPresent(
        batch -> {
          throw new IllegalStateException(
              "the batch of step "
                  + batch.step()
                  + " was not released; a batch may not be passed over");
        });
    PoissonBatch batch = sampler.next(clipping, plan.curve());
    open = Optional.of(batch);
    return batch;
  }

  /**
   * Begins to draw a sum's noise on this machine's cores, for when gradients are computed
   * elsewhere; it changes no bit of what is released, and nobody sees it before.
   *
   * @param sum of the batch drawn last
   */
  public void drawAhead(GradientAccumulator sum) {
    mechanism.drawAhead(sum.rule());
  }

  /**
   * Charges the step, adds noise and divides by the expected batch size.
   *
   * @param sum of the batch drawn last
   * @throws BudgetExceededException when this step would exceed the ledger's budget
   * @throws IllegalArgumentException when the sum is of another batch
   */
  public Release release(ClippedSum sum) {
    return release(sum, new float[sum.dimension()]);
  }

  /**
   * As {@link #release(ClippedSum)}, into an array that is there already, such as that of the last
   * step's mean.
   *
   * @param mean P values, which are overwritten and belong to the released mean
   */
  public Release release(ClippedSum sum, float[] mean) {
    if (open.filter(batch -> batch == sum.batch()).isEmpty()) {
      throw new IllegalArgumentException(
          "the sum of step " + sum.step() + " is not that of the batch drawn last");
    }
    NoisySum released = mechanism.release(sum);
    open = Optional.empty();
    NoisyMean noisy = released.mean(plan.expectedBatchSize() / clipping.meanScale(), mean);
    Optional<PrivateCurve.Estimate> curve = released.estimate(plan.expectedBatchSize());
    released.done();
    if (curve.isPresent()) {
      clipping = clipping.after(curve.get());
    }
    return new Release(noisy, curve, ledger.epsilonSpent());
  }
}
