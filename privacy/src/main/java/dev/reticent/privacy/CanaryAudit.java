package dev.reticent.privacy;

import dev.reticent.privacy.accounting.OneRunAudit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What canaries tell of a run: rows made up for the purpose, each in the data by a fair coin, with
 * a score that should be higher where it was in.
 *
 * <p>The highest scores are guessed to be in, as many of the lowest to be out. Four numbers of
 * guesses, fixed beforehand, are tried, each at a quarter of the doubt (Bonferroni), and the best
 * bound counts.
 *
 * @param canaries m
 * @param included how many were in
 * @param guesses r of the best bound
 * @param right v of the best bound
 * @param epsilonLower with this confidence, no ε below it is true
 * @param roc true positives against false ones, from (0, 0) to (1, 1)
 */
public record CanaryAudit(
    int canaries,
    int included,
    int guesses,
    int right,
    double delta,
    double confidence,
    double epsilonLower,
    List<Decisions.Point> roc) {

  /** How sure what is said of a run is. */
  public static final double CONFIDENCE = 0.95;

  private static final double[] SHARES = {0.05, 0.2, 0.5, 1};

  public CanaryAudit {
    roc = List.copyOf(roc);
  }

  /** A canary's score, and whether it was in. */
  public record Scored(double score, boolean included) {}

  /** The audit of a run that claims this δ, with {@link #CONFIDENCE}; 0 where it claims nothing. */
  public static CanaryAudit of(List<Scored> scores, double delta) {
    return of(scores, delta, CONFIDENCE);
  }

  /**
   * One of several audits of a run that are to hold together: their doubts, 1 − confidence, add up
   * to that of all.
   */
  public static CanaryAudit of(List<Scored> scores, double delta, double confidence) {
    List<Scored> ranked = new ArrayList<>(scores);
    // Among equal scores those that were out come first, so that a tie never helps the auditor.
    ranked.sort(
        Comparator.comparingDouble((Scored canary) -> -canary.score())
            .thenComparing(Scored::included));
    int m = ranked.size();
    double each = 1 - (1 - confidence) / SHARES.length;
    int guesses = 0;
    int right = 0;
    double best = 0;
    for (double share : SHARES) {
      int half = (int) Math.floor(share * m / 2);
      int correct = correct(ranked, half);
      double bound = OneRunAudit.epsilon(m, 2 * half, correct, delta, each);
      if (bound >= best) {
        best = bound;
        guesses = 2 * half;
        right = correct;
      }
    }
    int included = (int) ranked.stream().filter(Scored::included).count();
    return new CanaryAudit(
        m, included, guesses, right, delta, confidence, best, roc(ranked, included));
  }

  private static int correct(List<Scored> ranked, int half) {
    int correct = 0;
    for (int i = 0; i < half; i++) {
      correct += ranked.get(i).included() ? 1 : 0;
      correct += ranked.get(ranked.size() - 1 - i).included() ? 0 : 1;
    }
    return correct;
  }

  private static List<Decisions.Point> roc(List<Scored> ranked, int included) {
    List<Decisions.Point> points = new ArrayList<>();
    points.add(new Decisions.Point(0, 0));
    int in = 0;
    int out = 0;
    for (Scored canary : ranked) {
      in += canary.included() ? 1 : 0;
      out += canary.included() ? 0 : 1;
      points.add(new Decisions.Point(share(out, ranked.size() - included), share(in, included)));
    }
    return points;
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /**
   * How many coins are told by who guesses them all: the higher half of the scores in, the lower
   * half out, and nothing of the one in the middle where m is odd. As a share of the guesses it is
   * how often a test of single rows was right, so in a private run at most the accuracy of the best
   * test, but for chance.
   */
  public int told() {
    int half = canaries / 2;
    double rightlyIn = roc.get(half).truePositives() * included;
    double rightlyOut = (1 - roc.get(canaries - half).falsePositives()) * (canaries - included);
    return (int) Math.round(rightlyIn + rightlyOut);
  }

  /** Whether what was measured and what is claimed cannot both be right. */
  public boolean refutes(double epsilonClaimed) {
    return epsilonLower > epsilonClaimed;
  }
}
