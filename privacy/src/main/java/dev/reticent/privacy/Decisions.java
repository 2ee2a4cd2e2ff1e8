package dev.reticent.privacy;

import dev.reticent.privacy.accounting.TradeOff;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A guarantee as people decide by it: how often the best of all tests is right about one unit, and
 * by how much anyone's odds can change. Every figure is an upper bound and is rounded up.
 *
 * @param tradeOff for the same neighbours as ε
 * @param replacing whether the question is what a unit's data was, not whether it was used
 */
public record Decisions(TradeOff tradeOff, double epsilon, double delta, boolean replacing) {

  /** How its figure begins in privacy.json. */
  public static final String BEST_TEST = "best_test_";

  /** The curve's name in privacy.json. */
  public static final String CURVE = BEST_TEST + "curve";

  private static final int POINTS = 40;
  private static final double MANY = 0.01;
  private static final double FEW = 0.001;

  /** e^ε. */
  public double oddsFactor() {
    return Math.exp(epsilon);
  }

  /** The figures by their names in privacy.json. */
  public Map<String, Double> toJson() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(BEST_TEST + "accuracy", tradeOff.accuracy());
    figures.put(BEST_TEST + "true_positives_at_1_percent", tradeOff.truePositives(MANY));
    figures.put(BEST_TEST + "true_positives_at_0_1_percent", tradeOff.truePositives(FEW));
    figures.put("odds_factor", oddsFactor());
    return figures;
  }

  /** A share of false positives, and the share of true ones that a test has with it at most. */
  public record Point(double falsePositives, double truePositives) {}

  /** The trade-off from no false positives to all, denser where they are few. */
  public List<Point> curve() {
    return IntStream.rangeClosed(0, POINTS)
        .mapToDouble(i -> (double) i * i / (POINTS * POINTS))
        .mapToObj(share -> new Point(share, tradeOff.truePositives(share)))
        .toList();
  }

  /** One sentence. */
  public String sentence() {
    return "No test is right more than "
        + percent(tradeOff.accuracy())
        + " of the time about "
        + (replacing ? "which of two possible data a unit had" : "whether a unit was used")
        + "; guessing is right in 50 %.";
  }

  /** A paragraph for a reader who knows no ε. */
  public String toText() {
    return String.format(
        Locale.ROOT,
        """
        In other words, for whoever sees them, and every checkpoint of the run, and asks %s:
          - %s
          - A test that says "yes" wrongly in 1 %% of cases says it rightly in at most %s; at 0.1 %%, in %s.
          - %s
        """,
        replacing
            ? "what any one unit's data was"
            : "whether any one unit was in the training data",
        sentence(),
        percent(tradeOff.truePositives(MANY)),
        percent(tradeOff.truePositives(FEW)),
        odds());
  }

  private String odds() {
    return oddsFactor() < 1e6
        ? String.format(
            Locale.ROOT,
            "Whatever anyone believed before, the odds change by a factor of at most e^ε = %.1f,"
                + " but for a probability of δ = %s.",
            Math.ceil(oddsFactor() * 10) / 10,
            delta)
        : "The odds may change by a factor above a million: ε this large protects no one.";
  }

  /** A share in percent, rounded up to a tenth. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", Math.ceil(share * 1000 - 1e-9) / 10);
  }
}
