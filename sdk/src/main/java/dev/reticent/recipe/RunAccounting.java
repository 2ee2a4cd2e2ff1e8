package dev.reticent.recipe;

import dev.reticent.privacy.PrivacyStatement.Bound;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.EpsilonBracket;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.RdpAccountant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** ε of a run's steps under its settings: one accountant decides, all are stated. */
record RunAccounting(PrivacySettings settings, SubsampledGaussian plan) {

  /** The smallest noise that keeps the settings' budget over so many steps. */
  static double noise(PrivacySettings settings, double budget, double q, int steps) {
    return settings.accountant() == PrivacySettings.AccountantRule.RDP
        ? RdpAccountant.noiseMultiplier(budget, settings.delta(), q, steps)
        : PldAccountant.noiseMultiplier(budget, settings.delta(), q, steps, settings.adjacency());
  }

  /** An upper bound on ε after so many steps, which the budget is held against. */
  IntToDoubleFunction epsilonAfter() {
    return settings.accountant() == PrivacySettings.AccountantRule.RDP
        ? this::rdp
        : steps -> pld(settings.adjacency()).upper(steps, settings.delta());
  }

  private double rdp(int steps) {
    return new RdpAccountant(plan.samplingRate(), plan.noiseMultiplier())
        .epsilon(steps, settings.delta());
  }

  private PldAccountant pld(Adjacency adjacency) {
    return new PldAccountant(plan.samplingRate(), plan.noiseMultiplier(), adjacency);
  }

  /** What can be said of ε after so many steps, the bound that counts first. */
  List<Bound> bounds(int steps) {
    List<Bound> bounds = new ArrayList<>();
    EpsilonBracket addRemove = pld(Adjacency.ADD_OR_REMOVE_ONE).epsilon(steps, settings.delta());
    EpsilonBracket replace = pld(Adjacency.REPLACE_ONE).epsilon(steps, settings.delta());
    bounds.add(
        new Bound("epsilon_pld_upper", "upper, PLD, one unit added or removed", addRemove.upper()));
    bounds.add(
        new Bound("epsilon_pld_lower", "lower, PLD, one unit added or removed", addRemove.lower()));
    bounds.add(new Bound("epsilon_rdp", "upper, RDP, one unit added or removed", rdp(steps)));
    bounds.add(
        new Bound(
            "epsilon_replace_one_pld_upper", "upper, PLD, one unit replaced", replace.upper()));
    bounds.add(
        new Bound(
            "epsilon_replace_one_pld_lower", "lower, PLD, one unit replaced", replace.lower()));
    int first =
        settings.adjacency() == Adjacency.REPLACE_ONE
            ? 3
            : settings.accountant() == PrivacySettings.AccountantRule.RDP ? 2 : 0;
    bounds.add(0, bounds.remove(first));
    return bounds;
  }
}
