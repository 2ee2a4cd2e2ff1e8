package dev.reticent.evaluation.report;

import dev.reticent.evaluation.GradeHistogram;
import dev.reticent.evaluation.MeanEstimate;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Grade;
import dev.reticent.evaluation.judge.Outcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One model's grades on one criterion, all rows accounted for.
 *
 * @param outcomes how many rows ended in each way; they add up to all rows
 * @param mean of the scored rows; empty when there are none
 * @param variance population variance, as numpy.var
 * @param p90 the 90th percentile, linearly interpolated as numpy's
 * @param meanSpread of the repeats of scored rows
 */
public record GradeSummary(
    Map<Outcome, Integer> outcomes,
    GradeHistogram histogram,
    Optional<MeanEstimate> mean,
    double variance,
    double p90,
    double meanSpread) {

  public GradeSummary {
    outcomes = Map.copyOf(outcomes);
  }

  /** Sums grades up. */
  public static GradeSummary of(List<Grade> grades, long seed) {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, 0);
    }
    grades.forEach(grade -> outcomes.merge(grade.outcome(), 1, Integer::sum));
    int[] scores = grades.stream().flatMapToInt(g -> g.score().stream()).toArray();
    double[] values = Arrays.stream(scores).asDoubleStream().sorted().toArray();
    Optional<MeanEstimate> mean =
        values.length == 0 ? Optional.empty() : Optional.of(MeanEstimate.of(values, seed));
    double middle = mean.map(MeanEstimate::mean).orElse(0.0);
    return new GradeSummary(
        outcomes,
        GradeHistogram.of(scores, Criterion.LOWEST, Criterion.BEST),
        mean,
        Arrays.stream(values).map(v -> (v - middle) * (v - middle)).average().orElse(0),
        percentile(values, 0.9),
        grades.stream()
            .filter(g -> g.score().isPresent())
            .mapToInt(Grade::spread)
            .average()
            .orElse(0));
  }

  private static double percentile(double[] sorted, double share) {
    if (sorted.length == 0) {
      return 0;
    }
    double at = share * (sorted.length - 1);
    int below = (int) at;
    double next = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (at - below) * (next - sorted[below]);
  }

  /** All rows. */
  public int rows() {
    return outcomes.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Rows with a grade. */
  public int scored() {
    return histogram.total();
  }

  /** The share of all rows that got this grade. */
  public double share(int score) {
    return rows() == 0 ? 0 : (double) histogram.counts().get(score - Criterion.LOWEST) / rows();
  }

  /** The share of all rows that got no grade. */
  public double unscoredShare() {
    return rows() == 0 ? 0 : 1 - (double) scored() / rows();
  }
}
