package dev.reticent.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How often each grade was given.
 *
 * @param lowest the lowest grade there is
 * @param counts the count of each grade, from the lowest to the best
 */
public record GradeHistogram(int lowest, List<Integer> counts) {

  public GradeHistogram {
    counts = List.copyOf(counts);
  }

  /**
   * Counts grades on a scale.
   *
   * @throws IllegalArgumentException if a grade is off the scale
   */
  public static GradeHistogram of(int[] grades, int lowest, int best) {
    if (best < lowest) {
      throw new IllegalArgumentException(
          "The scale runs from %d to %d: give the lowest first.".formatted(lowest, best));
    }
    List<Integer> counts = new ArrayList<>(Collections.nCopies(best - lowest + 1, 0));
    for (int i = 0; i < grades.length; i++) {
      if (grades[i] < lowest || grades[i] > best) {
        throw new IllegalArgumentException(
            "Grade %d is %d: the scale runs from %d to %d.".formatted(i, grades[i], lowest, best));
      }
      counts.set(grades[i] - lowest, counts.get(grades[i] - lowest) + 1);
    }
    return new GradeHistogram(lowest, counts);
  }

  /** How many grades there are. */
  public int total() {
    return counts.stream().mapToInt(Integer::intValue).sum();
  }

  /** The share of the best grade; 0 when there are no grades. */
  public double bestShare() {
    return total() == 0 ? 0 : (double) counts.get(counts.size() - 1) / total();
  }
}
