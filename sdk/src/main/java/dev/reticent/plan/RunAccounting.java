package dev.reticent.plan;

import dev.reticent.api.Internal;
import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.PlanAccounting;
import dev.reticent.privacy.PrivacyStatement.Bound;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.EpsilonBracket;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import dev.reticent.privacy.accounting.TradeOff;
import dev.reticent.settings.PrivacySettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** ε of a run's steps under its settings: one accountant decides, both are stated. */
@Internal
public record RunAccounting(PrivacySettings settings, SubsampledGaussian plan) {

  private static final String ADD = "epsilon";
  private static final String REPLACE = "epsilon_replace_one";
  private static final String PLD_UPPER = "_pld_upper";
  private static final String RDP = "_rdp";

  /** The smallest noise that keeps the settings' budget over so many steps. */
  static double noise(PrivacySettings settings, double budget, double q, int steps) {
    return PlanAccounting.noiseMultiplier(
        settings.accountant(), settings.adjacency(), settings.delta(), budget, q, steps);
  }

  private PrivacyEvent event(int steps) {
    return PrivacyEvent.poisson(plan.samplingRate(), plan.noiseMultiplier(), steps);
  }

  /** An upper bound on ε after all planned steps. */
  double planned() {
    return new PlanAccounting(plan, settings.adjacency(), settings.delta(), settings.accountant())
        .planned();
  }

  /** What a test can do at most after so many steps, that tells what ε compares. */
  public TradeOff tradeOff(int steps) {
    return new PldAccountant(Neighbors.of(settings.adjacency())).tradeOff(event(steps));
  }

  /** What can be said of ε after so many steps, the bound that counts first. */
  public List<Bound> bounds(int steps) {
    List<Bound> bounds = new ArrayList<>();
    boolean replaces = settings.adjacency() == Adjacency.REPLACE_ONE;
    String own = replaces ? REPLACE : ADD;
    both(bounds, ADD, Adjacency.ADD_OR_REMOVE_ONE, "one unit added or removed", steps);
    both(bounds, REPLACE, Adjacency.REPLACE_ONE, "one unit replaced", steps);
    if (settings.rowsPerUser() > 1) {
      Neighbors person = new Neighbors(Adjacency.ADD_OR_REMOVE_ONE, settings.rowsPerUser());
      String words = "a person with up to " + settings.rowsPerUser() + " rows added or removed";
      pld(bounds, "epsilon_user", person, words, steps);
    }
    String counts = own + (settings.accountant() == AccountantRule.RDP ? RDP : PLD_UPPER);
    bounds.sort(Comparator.comparing(bound -> !bound.key().equals(counts)));
    return bounds;
  }

  private void both(List<Bound> bounds, String key, Adjacency adjacency, String words, int steps) {
    Neighbors neighbors = Neighbors.of(adjacency);
    pld(bounds, key, neighbors, words, steps);
    double rdp = new RdpAccountant(neighbors).epsilon(event(steps), settings.delta());
    bounds.add(new Bound(key + RDP, "upper, RDP, " + words, rdp));
  }

  private void pld(List<Bound> bounds, String key, Neighbors neighbors, String words, int steps) {
    EpsilonBracket bracket = new PldAccountant(neighbors).bracket(event(steps), settings.delta());
    bounds.add(new Bound(key + PLD_UPPER, "upper, PLD, " + words, bracket.upper()));
    bounds.add(new Bound(key + "_pld_lower", "lower, PLD, " + words, bracket.lower()));
  }
}
