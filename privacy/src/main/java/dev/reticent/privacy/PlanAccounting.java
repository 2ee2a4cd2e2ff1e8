package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Accountant;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.BestOfRunsAccountant;
import dev.reticent.privacy.accounting.Calibration;
import dev.reticent.privacy.accounting.EpsilonCurve;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RandomStopping;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * ε of a plan's steps: it follows from the plan that sampler and noise have, and from nothing else.
 *
 * @param plan q, σ and T of the independent steps that it is accounted as
 * @param adjacency what ε compares
 * @param delta δ
 * @param rule what bounds ε of one run
 * @param selection of how many such runs only the best is released; empty when there is but one
 */
public record PlanAccounting(
    SubsampledGaussian plan,
    Adjacency adjacency,
    double delta,
    AccountantRule rule,
    Optional<RandomStopping> selection) {

  /**
   * @param plan of any kind; what is kept is the one that it is accounted as
   */
  public PlanAccounting {
    plan = plan.accounted();
  }

  /** The accounting of what a ledger promises. */
  static PlanAccounting of(LedgerHeader header, AccountantRule rule) {
    return new PlanAccounting(
        header.plan(), header.adjacency(), header.delta(), rule, header.selection());
  }

  /** An upper bound on ε after all planned steps. */
  public double planned() {
    return accountant().epsilon(event(plan.steps()), delta);
  }

  /** The smallest σ that keeps a budget over this plan's steps, whatever its own σ is. */
  public double noiseMultiplier(double budget) {
    return new Calibration(accountant(), delta)
        .noiseMultiplier(budget, plan.subsampling(), plan.steps());
  }

  /**
   * An upper bound on ε after so many steps, which the budget is held against; exact where the
   * budget, or else the plan, ends.
   */
  IntToDoubleFunction epsilonAfter(double budget) {
    Accountant accountant = accountant();
    if (rule == AccountantRule.RDP || selection.isPresent()) {
      return steps -> accountant.epsilon(event(steps), delta);
    }
    int within =
        planned() <= budget
            ? plan.steps()
            : new Calibration(accountant, delta)
                .steps(budget, plan.subsampling(), plan.noiseMultiplier());
    EpsilonCurve curve = new EpsilonCurve(event(within), Neighbors.of(adjacency), delta);
    // Steps that are redone after a crash can go past the plan.
    return steps ->
        steps <= within ? curve.epsilon(steps) : accountant.epsilon(event(steps), delta);
  }

  private Accountant accountant() {
    Neighbors neighbors = Neighbors.of(adjacency);
    return selection
        .<Accountant>map(stopping -> new BestOfRunsAccountant(neighbors, stopping))
        .orElseGet(() -> rule.accountant(neighbors));
  }

  private PrivacyEvent event(int steps) {
    return plan.event(steps);
  }
}
