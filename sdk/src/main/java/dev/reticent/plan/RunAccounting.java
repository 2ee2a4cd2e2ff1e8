package dev.reticent.plan;

import dev.reticent.api.Internal;
import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.PlanAccounting;
import dev.reticent.privacy.PrivacyStatement.Bound;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.BestOfRunsAccountant;
import dev.reticent.privacy.accounting.EpsilonBracket;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.RdpAccountant;
import dev.reticent.privacy.accounting.TradeOff;
import dev.reticent.settings.PrivacySettings;
import dev.reticent.settings.SelectionSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * ε of a run's steps under its settings: one accountant decides, both are stated.
 *
 * @param plan the independent steps that the run is accounted as, here called rounds
 */
@Internal
public record RunAccounting(PrivacySettings settings, SubsampledGaussian plan) {

  /**
   * @param plan of any kind; what is kept is the one that it is accounted as
   */
  public RunAccounting {
    plan = plan.accounted();
  }

  private static final String ADD = "epsilon";
  private static final String REPLACE = "epsilon_replace_one";
  private static final String PLD_UPPER = "_pld_upper";
  private static final String RDP = "_rdp";
  private static final String SELECTED = "_selected_rdp";

  /**
   * The smallest noise that keeps the settings' budget.
   *
   * @param shape q, T and b
   */
  static double noise(PrivacySettings settings, double budget, SubsampledGaussian shape) {
    return new RunAccounting(settings, shape).accounting().noiseMultiplier(budget);
  }

  private PlanAccounting accounting() {
    return new PlanAccounting(
        plan,
        settings.adjacency(),
        settings.delta(),
        settings.accountant(),
        settings.selection().map(SelectionSettings::stopping));
  }

  /** The accountant of all runs of which the best is released. */
  private static BestOfRunsAccountant best(PrivacySettings settings, Adjacency adjacency) {
    return new BestOfRunsAccountant(
        Neighbors.of(adjacency), settings.selection().orElseThrow().stopping());
  }

  private PrivacyEvent event(int rounds) {
    return plan.event(rounds);
  }

  /** An upper bound on ε after all planned steps. */
  double planned() {
    return accounting().planned();
  }

  /** What a test can do at most after so many rounds, that tells what ε compares. */
  public TradeOff tradeOff(int rounds) {
    if (settings.selection().isPresent()) {
      return best(settings, settings.adjacency()).tradeOff(List.of(event(rounds)));
    }
    return new PldAccountant(Neighbors.of(settings.adjacency())).tradeOff(event(rounds));
  }

  /** What can be said of ε after so many rounds, the bound that counts first. */
  public List<Bound> bounds(int rounds) {
    List<Bound> bounds = new ArrayList<>();
    if (settings.selection().isPresent()) {
      selected(bounds, ADD, Adjacency.ADD_OR_REMOVE_ONE, "one unit added or removed", rounds);
      selected(bounds, REPLACE, Adjacency.REPLACE_ONE, "one unit replaced", rounds);
    }
    boolean replaces = settings.adjacency() == Adjacency.REPLACE_ONE;
    String own = replaces ? REPLACE : ADD;
    String alone = settings.selection().isPresent() ? ", of one run alone" : "";
    if (plan.truncation().isEmpty()) { // else N is public, and differs there
      both(bounds, ADD, Adjacency.ADD_OR_REMOVE_ONE, "one unit added or removed" + alone, rounds);
    }
    both(bounds, REPLACE, Adjacency.REPLACE_ONE, "one unit replaced" + alone, rounds);
    if (settings.rowsPerUser() > 1) {
      Neighbors person = new Neighbors(Adjacency.ADD_OR_REMOVE_ONE, settings.rowsPerUser());
      String words = "a person with up to " + settings.rowsPerUser() + " rows added or removed";
      pld(bounds, "epsilon_user", person, words, rounds);
    }
    String counts = own + counting();
    bounds.sort(Comparator.comparing(bound -> !bound.key().equals(counts)));
    return bounds;
  }

  private String counting() {
    if (settings.selection().isPresent()) {
      return SELECTED;
    }
    return settings.accountant() == AccountantRule.RDP ? RDP : PLD_UPPER;
  }

  private void selected(
      List<Bound> bounds, String key, Adjacency adjacency, String words, int rounds) {
    double epsilon = best(settings, adjacency).epsilon(event(rounds), settings.delta());
    SelectionSettings selection = settings.selection().orElseThrow();
    String of =
        String.format(
            Locale.ROOT,
            "upper, RDP, %s, best of %s runs on average (%s)",
            words,
            selection.meanRuns(),
            selection.rule().name().toLowerCase(Locale.ROOT));
    bounds.add(new Bound(key + SELECTED, of, epsilon));
  }

  private void both(List<Bound> bounds, String key, Adjacency adjacency, String words, int rounds) {
    Neighbors neighbors = Neighbors.of(adjacency);
    pld(bounds, key, neighbors, words, rounds);
    double rdp = new RdpAccountant(neighbors).epsilon(event(rounds), settings.delta());
    bounds.add(new Bound(key + RDP, "upper, RDP, " + words, rdp));
  }

  private void pld(List<Bound> bounds, String key, Neighbors neighbors, String words, int rounds) {
    EpsilonBracket bracket = new PldAccountant(neighbors).bracket(event(rounds), settings.delta());
    bounds.add(new Bound(key + PLD_UPPER, "upper, PLD, " + words, bracket.upper()));
    bounds.add(new Bound(key + "_pld_lower", "lower, PLD, " + words, bracket.lower()));
  }
}
