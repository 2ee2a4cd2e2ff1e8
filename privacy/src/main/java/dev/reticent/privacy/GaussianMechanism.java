package dev.reticent.privacy;

import java.util.Optional;

/**
 * Releases clipped sums: each gets Gaussian noise of standard deviation σC, and an entry in the
 * ledger before anyone sees it.
 *
 * <p>With b bands the noise is that of the {@link BandedMatrix}. A sum S is a whole number of grid
 * units, so rounding the noise is rounding S + σC·C⁻¹Z, which is C⁻¹ times the Gaussian mechanism
 * CS + σCZ: what is released is a post-processing of that one, just as without bands.
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
 *   <tr><td>second release of a sum, or of a step under one key</td><td>{@link IllegalStateException}</td></tr>
 *   <tr><td>sum sampled under another plan</td><td>{@link IllegalArgumentException}</td></tr>
 * </table>
 */
final class GaussianMechanism {

  private final SubsampledGaussian plan;
  private final RunKey key;
  private final Ledger ledger;
  private final int first;
  private final BandedMatrix matrix;
  private Optional<NoiseAhead> ahead = Optional.empty();

  /**
   * @param first the step with which the noise begins: nothing of it depends on steps before
   * @throws IllegalArgumentException when the ledger promises a secret key and the key is a test's,
   *     or the other way round
   */
  GaussianMechanism(SubsampledGaussian plan, RunKey key, Ledger ledger, int first) {
    if (key.secret() != ledger.header().secretKey()) {
      throw new IllegalArgumentException(
          "the ledger is of a run with a %s key, got a %s key; begin a ledger of its own for it"
              .formatted(name(ledger.header().secretKey()), name(key.secret())));
    }
    this.plan = plan;
    this.key = key;
    this.ledger = ledger;
    this.first = first;
    this.matrix = BandedMatrix.of(plan.bands(), plan.steps());
  }

  /** Begins to draw the noise of a sum, which {@link #release} then adds. */
  void drawAhead(SumRule rule) {
    double own = plan.noiseMultiplier() * rule.clipping().clipNorm();
    ahead = Optional.of(NoiseAhead.of(rule, own, key, matrix.weights(rule.step() - first)));
  }

  /**
   * Records the step, then adds noise.
   *
   * @throws BudgetExceededException when this step would exceed the ledger's budget
   */
  NoisySum release(ClippedSum sum) {
    if (!sum.batch().plan().equals(plan)) {
      throw new IllegalArgumentException(
          "the batch was sampled under %s, the noise is for %s"
              .formatted(sum.batch().plan(), plan));
    }
    key.claimNoise(sum.step());
    ledger.record(sum.step(), plan, sum.sensitivity());
    double deviation = plan.noiseMultiplier() * sum.sensitivity();
    long[] units = sum.take();
    int age = sum.step() - first;
    Optional<NoiseAhead> drawn = ahead.filter(n -> n.serves(sum, deviation, units.length));
    ahead = Optional.empty();
    if (drawn.isPresent()) {
      drawn.get().addTo(units);
    } else {
      GaussianNoise.addTo(units, sum.grid(), deviation, key, sum.step(), matrix.weights(age));
    }
    return new NoisySum(
        sum.grid(), units, sum.curve(), deviation * matrix.deviation(age), sum.sensitivity());
  }

  private static String name(boolean secret) {
    return secret ? "secret" : "test";
  }
}
