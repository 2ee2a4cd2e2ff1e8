package dev.reticent.privacy.accounting;

/**
 * A lower bound on ε from one run (Steinke, Nasr and Jagielski 2023, "Privacy auditing with one (1)
 * training run", theorem 5.2).
 *
 * <p>Each of m canaries is in the data by a fair coin that the trainer's adversary does not see.
 * From what the run released the auditor guesses r of the coins and abstains from the others; v
 * guesses are right. If the run were (ε, δ)-private, v would be dominated by a binomial count with
 * success e^ε/(1 + e^ε), but for a slack of 2mδ times the steepest rise of its tail. The largest ε
 * that this refutes is a lower bound.
 */
public final class OneRunAudit {
  private static final double MOST = 200;

  private OneRunAudit() {}

  /**
   * The largest ε that the guesses refute.
   *
   * @param canaries m
   * @param guesses r, fixed before the scores are seen
   * @param right v
   * @param delta δ, at least 0
   * @param confidence how sure the bound is, such as 0.95
   */
  public static double epsilon(
      int canaries, int guesses, int right, double delta, double confidence) {
    if (right < 0 || right > guesses || guesses > canaries) {
      throw new IllegalArgumentException(
          "found %d right of %d guesses on %d canaries; expected 0 <= right <= guesses <= canaries"
              .formatted(right, guesses, canaries));
    }
    double likely = 1 - confidence;
    double low = 0;
    double high = MOST;
    if (pValue(canaries, guesses, right, delta, low) > likely) {
      return 0;
    }
    while (high - low > 1e-9) {
      double middle = (low + high) / 2;
      if (pValue(canaries, guesses, right, delta, middle) <= likely) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** How likely so many right guesses are, at most, if the run is (ε, δ)-private. */
  static double pValue(int canaries, int guesses, int right, double delta, double epsilon) {
    double success = 1 / (1 + Math.exp(-epsilon));
    double atLeast = Binomial.atLeast(right, guesses, success);
    if (delta == 0) {
      return atLeast;
    }
    double steepest = 0;
    double tail = atLeast;
    double mass = right == 0 ? 0 : mass(right - 1, guesses, success);
    for (int i = 1; i <= right; i++) {
      // P(count ≥ v − i): one more value joins the tail.
      tail += mass;
      steepest = Math.max(steepest, (tail - atLeast) / i);
      int value = right - i;
      mass *= (double) value / (guesses - value + 1) * Math.exp(-epsilon);
    }
    return Math.min(1, atLeast + 2 * canaries * delta * steepest);
  }

  private static double mass(int value, int count, double success) {
    return Math.exp(
        Binomial.logChoose(count, value)
            + value * Math.log(success)
            + (count - value) * Math.log1p(-success));
  }
}
