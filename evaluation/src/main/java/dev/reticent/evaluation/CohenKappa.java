package dev.reticent.evaluation;

import dev.reticent.api.Internal;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Cohen's kappa: how far two graders agree beyond chance.
 *
 * <p>κ = 1 − Σ w·o / Σ w·e over pairs of grades, with o the counts seen, e those expected if the
 * graders were independent, and w the weight of the disagreement. 1 is full agreement, 0 is chance.
 *
 * @see <a href="https://doi.org/10.1177/001316446002000104">Cohen 1960</a>
 */
@Internal
public final class CohenKappa {

  /** What a disagreement weighs; i and j are positions among the grades that occur, in order. */
  public enum Weights {
    /** Any disagreement is one. */
    NONE,
    /** |i − j|. */
    LINEAR,
    /** (i − j)². */
    QUADRATIC;

    private double of(int i, int j) {
      return switch (this) {
        case NONE -> i == j ? 0 : 1;
        case LINEAR -> Math.abs(i - j);
        case QUADRATIC -> (double) (i - j) * (i - j);
      };
    }
  }

  private CohenKappa() {}

  /**
   * Compares two graders' grades of the same rows.
   *
   * @return empty if both give one and the same grade throughout, where κ has no meaning
   * @throws IllegalArgumentException if there are none or not equally many
   */
  public static OptionalDouble of(int[] first, int[] second, Weights weights) {
    Rows.check(first.length, second.length);
    TreeMap<Integer, Integer> positions = new TreeMap<>();
    Arrays.stream(first).forEach(grade -> positions.put(grade, 0));
    Arrays.stream(second).forEach(grade -> positions.put(grade, 0));
    int k = 0;
    for (int grade : positions.navigableKeySet()) {
      positions.put(grade, k++);
    }
    long[][] seen = new long[k][k];
    long[] rows = new long[k];
    long[] columns = new long[k];
    for (int n = 0; n < first.length; n++) {
      int i = positions.getOrDefault(first[n], 0);
      int j = positions.getOrDefault(second[n], 0);
      seen[i][j]++;
      rows[i]++;
      columns[j]++;
    }
    double disagreement = 0;
    double byChance = 0;
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < k; j++) {
        disagreement += weights.of(i, j) * seen[i][j];
        byChance += weights.of(i, j) * rows[i] * columns[j] / first.length;
      }
    }
    return byChance == 0 ? OptionalDouble.empty() : OptionalDouble.of(1 - disagreement / byChance);
  }
}
