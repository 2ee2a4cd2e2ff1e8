package dev.reticent.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a {@link QualitySweep} found, as a table in Markdown: the mean over the seeds of each arm,
 * and that of its differences from one arm with the same seed, with 95 % t-intervals.
 *
 * <pre>{@code
 * QualityTable FILE.csv ARM
 * }</pre>
 */
final class QualityTable {

  private QualityTable() {}

  /** One run, scored: its seed and how well it did. */
  private record Score(int seed, double loss, double exact) {}

  public static void main(String[] args) throws IOException {
    Map<String, Map<String, List<Score>>> byEpsilon = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(Path.of(args[0]));
    for (String line : lines.subList(1, lines.size())) {
      String[] cell = line.split(",");
      String arm = cell[3].equals("last") ? cell[0] : cell[0] + ", " + cell[3];
      byEpsilon
          .computeIfAbsent(cell[1], own -> new LinkedHashMap<>())
          .computeIfAbsent(arm, own -> new ArrayList<>())
          .add(
              new Score(
                  Integer.parseInt(cell[2]),
                  Double.parseDouble(cell[7]),
                  Double.parseDouble(cell[8])));
    }
    System.out.println(
        "| ε | arm | seeds | exact match, %% | against %1$s | loss | against %1$s |"
            .formatted(args[1]));
    System.out.println("|---|---|---|---|---|---|---|");
    byEpsilon.forEach(
        (epsilon, arms) ->
            arms.forEach(
                (arm, scores) ->
                    System.out.println(
                        row(epsilon, arm, scores, arms.getOrDefault(args[1], List.of())))));
  }

  private static String row(String epsilon, String arm, List<Score> scores, List<Score> base) {
    Map<Integer, Score> others = new LinkedHashMap<>();
    base.forEach(score -> others.put(score.seed(), score));
    List<Double> exact = new ArrayList<>();
    List<Double> loss = new ArrayList<>();
    for (Score score : scores) {
      if (others.containsKey(score.seed())) {
        exact.add(100 * (score.exact() - others.get(score.seed()).exact()));
        loss.add(score.loss() - others.get(score.seed()).loss());
      }
    }
    List<Double> percent = scores.stream().map(score -> 100 * score.exact()).toList();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %d | %s | %s | %s | %s |",
        epsilon,
        arm,
        scores.size(),
        level(percent, "%.1f", " ± %.1f"),
        scores.equals(base) ? "" : interval(exact, "%+.1f ± %.1f"),
        level(scores.stream().map(Score::loss).toList(), "%.4f", " ± %.4f"),
        scores.equals(base) ? "" : interval(loss, "%+.4f ± %.4f"));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
  }

  /** A mean, with its interval where several seeds give one; empty where nothing was scored. */
  private static String level(List<Double> values, String format, String width) {
    if (Double.isNaN(mean(values))) {
      return "";
    }
    return values.size() == 1
        ? String.format(Locale.ROOT, format, values.get(0))
        : interval(values, format + width);
  }

  /** A mean with half the width of its 95 % interval by Student's t; empty for fewer than two. */
  private static String interval(List<Double> values, String format) {
    double mean = mean(values);
    int n = values.size();
    if (n < 2 || Double.isNaN(mean)) {
      return "";
    }
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    double error = Math.sqrt(squares / (n - 1) / n);
    return String.format(Locale.ROOT, format, mean, quantile(n - 1) * error);
  }

  /**
   * The 97.5 % quantile of Student's t by the expansion of Abramowitz and Stegun, 26.7.5: within
   * 0.02 of tables from five degrees of freedom on.
   */
  private static double quantile(int freedom) {
    double z = 1.959964;
    double z3 = z * z * z;
    double z5 = z3 * z * z;
    double z7 = z5 * z * z;
    double f = freedom;
    return z
        + (z3 + z) / (4 * f)
        + (5 * z5 + 16 * z3 + 3 * z) / (96 * f * f)
        + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * f * f * f);
  }
}
