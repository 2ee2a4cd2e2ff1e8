package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Accountant;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Calibration;
import dev.reticent.privacy.accounting.EpsilonCurve;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.Subsampling;
import java.util.function.IntToDoubleFunction;

/**
 * ε of a plan's steps: it follows from the plan that sampler and noise have, and from nothing else.
 *
 * @param plan q, σ and T of the independent steps that it is accounted as
 * @param adjacency what ε compares
 * @param delta δ
 * @param rule what bounds ε
 */
public record PlanAccounting(
    SubsampledGaussian plan, Adjacency adjacency, double delta, AccountantRule rule) {

  /**
   * @param plan of any kind; what is kept is the one that it is accounted as
   */
  public PlanAccounting {
    plan = plan.accounted();
  }

  /** The accounting of what a ledger promises. */
  static PlanAccounting of(LedgerHeader header, AccountantRule rule) {
    return new PlanAccounting(header.plan(), header.adjacency(), header.delta(), rule);
  }

  /** An upper bound on ε after all planned steps. */
  public double planned() {
    return accountant().epsilon(event(plan.steps()), delta);
  }

  /** The smallest σ that keeps a budget over so many steps of rate q. */
  public static double noiseMultiplier(
      AccountantRule rule, Adjacency adjacency, double delta, double budget, double q, int steps) {
    return new Calibration(rule.accountant(Neighbors.of(adjacency)), delta)
        .noiseMultiplier(budget, new Subsampling.Poisson(q), steps);
  }

  /**
   * An upper bound on ε after so many steps, which the budget is held against; exact where the
   * budget, or else the plan, ends.
   */
  IntToDoubleFunction epsilonAfter(double budget) {
    Accountant accountant = accountant();
    if (rule == AccountantRule.RDP) {
      return steps -> accountant.epsilon(event(steps), delta);
    }
    int within =
        planned() <= budget
            ? plan.steps()
            : new Calibration(accountant, delta)
                .steps(
                    budget, new Subsampling.Poisson(plan.samplingRate()), plan.noiseMultiplier());
    EpsilonCurve curve = new EpsilonCurve(event(within), Neighbors.of(adjacency), delta);
    // Steps that are redone after a crash can go past the plan.
    return steps ->
        steps <= within ? curve.epsilon(steps) : accountant.epsilon(event(steps), delta);
  }

  private Accountant accountant() {
    return rule.accountant(Neighbors.of(adjacency));
  }

  private PrivacyEvent event(int steps) {
    return PrivacyEvent.poisson(plan.samplingRate(), plan.noiseMultiplier(), steps);
  }
}
