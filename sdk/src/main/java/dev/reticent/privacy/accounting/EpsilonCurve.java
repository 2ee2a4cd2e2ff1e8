package dev.reticent.privacy.accounting;

/**
 * An upper bound on ε after each step of a run, cheap enough to be asked for at every one.
 *
 * <p>It never falls from one step to the next; after the last step it is the {@link
 * PldAccountant}'s upper bound of the whole run exactly, so noise that was calibrated to a budget
 * lasts for every step. Safe for use by many threads.
 */
public final class EpsilonCurve {
  private final PrivacyEvent run;
  private final double delta;
  private final double last;
  private final Accountant rdp;

  /**
   * @param run the whole run, with the steps that are planned
   * @param delta δ in (0, 1)
   * @throws UnaccountedException when the PLD accountant does not cover the run
   */
  public EpsilonCurve(PrivacyEvent run, Neighbors neighbors, double delta) {
    this.run = run;
    this.delta = delta;
    this.last = new PldAccountant(neighbors).epsilon(run, delta);
    this.rdp = new RdpAccountant(neighbors);
  }

  /**
   * ε after so many steps.
   *
   * @throws IllegalArgumentException unless steps are 0 to those planned
   */
  public double epsilon(int steps) {
    if (steps < 0 || steps > run.steps()) {
      throw new IllegalArgumentException(
          "steps: found " + steps + ", expected 0 to the " + run.steps() + " planned");
    }
    return steps == run.steps() ? last : Math.min(last, rdp.epsilon(run.withSteps(steps), delta));
  }
}
