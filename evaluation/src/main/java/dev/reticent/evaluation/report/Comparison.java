package dev.reticent.evaluation.report;

import dev.reticent.evaluation.PairedDifference;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Outcome;
import dev.reticent.evaluation.judge.Preference;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two models on the same rows.
 *
 * @param differences first − second, over the rows where both have a grade
 * @param pairwise what the judge said when it saw both answers
 */
public record Comparison(
    String first,
    String second,
    Map<Criterion, PairedDifference> differences,
    Optional<Pairwise> pairwise) {

  /**
   * Verdicts on pairs of answers, each asked in both orders.
   *
   * @param flips pairs whose verdict changed with the order; they count as ties
   * @param winnerLength mean length of the winning answers, in characters
   * @param loserLength mean length of those that lost to them
   * @param outcomes how many pairs ended in each way
   */
  public record Pairwise(
      int wins,
      int ties,
      int losses,
      int flips,
      double winnerLength,
      double loserLength,
      Map<Outcome, Integer> outcomes) {

    /** Sums verdicts up. */
    public static Pairwise of(
        List<Preference> preferences, List<String> first, List<String> second) {
      Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
      int wins = 0;
      int losses = 0;
      int flips = 0;
      double winner = 0;
      double loser = 0;
      for (int i = 0; i < preferences.size(); i++) {
        Preference preference = preferences.get(i);
        outcomes.merge(preference.outcome(), 1, Integer::sum);
        flips += preference.flipped() ? 1 : 0;
        if (preference.winner() != 0) {
          boolean one = preference.winner() > 0;
          wins += one ? 1 : 0;
          losses += one ? 0 : 1;
          winner += (one ? first : second).get(i).length();
          loser += (one ? second : first).get(i).length();
        }
      }
      int decided = Math.max(1, wins + losses);
      int scored = outcomes.getOrDefault(Outcome.SCORED, 0);
      return new Pairwise(
          wins, scored - wins - losses, losses, flips, winner / decided, loser / decided, outcomes);
    }

    /** The share of judged pairs whose verdict changed with the order. */
    public double flipRate() {
      int scored = outcomes.getOrDefault(Outcome.SCORED, 0);
      return scored == 0 ? 0 : (double) flips / scored;
    }
  }
}
