package dev.reticent.evaluation;

import dev.reticent.api.Internal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * chrF2: F-score over runs of 1 to 6 characters, white space left out, in percent.
 *
 * <p>With P and R the precision and recall averaged over the lengths n that both sides have runs
 * of: 100·(1 + β²)PR/(β²P + R), β = 2. A corpus' score comes from the counts of all its rows
 * together. The figures are those of sacrebleu with the signature {@value #SIGNATURE}.
 *
 * @see <a href="https://aclanthology.org/W15-3049/">Popović 2015</a>
 */
@Internal
public final class Chrf {
  /** What sacrebleu calls these settings. */
  public static final String SIGNATURE = "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no";

  private static final int ORDER = 6;
  private static final double BETA_SQUARED = 4;

  private final long[] said = new long[ORDER];
  private final long[] wanted = new long[ORDER];
  private final long[] common = new long[ORDER];

  private Chrf() {}

  /** The score of one row. */
  public static double sentence(String prediction, String reference) {
    return corpus(List.of(prediction), List.of(reference));
  }

  /**
   * The score of a corpus.
   *
   * @throws IllegalArgumentException if there are no rows, or not as many references as predictions
   */
  public static double corpus(List<String> predictions, List<String> references) {
    Rows.check(predictions.size(), references.size());
    Chrf counts = new Chrf();
    for (int i = 0; i < predictions.size(); i++) {
      counts.add(characters(predictions.get(i)), characters(references.get(i)));
    }
    return counts.score();
  }

  private static List<Integer> characters(String text) {
    return text.codePoints().filter(c -> !Words.isSpace(c)).boxed().collect(Collectors.toList());
  }

  private void add(List<Integer> prediction, List<Integer> reference) {
    for (int n = 1; n <= ORDER; n++) {
      Map<List<Integer>, Integer> ours = Words.ngrams(prediction, n);
      Map<List<Integer>, Integer> theirs = Words.ngrams(reference, n);
      // A length that the reference lacks cannot be hit, and does not count.
      said[n - 1] += theirs.isEmpty() ? 0 : total(ours);
      wanted[n - 1] += total(theirs);
      common[n - 1] += Words.common(ours, theirs);
    }
  }

  private static int total(Map<?, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private double score() {
    double precision = 0;
    double recall = 0;
    int orders = 0;
    for (int n = 0; n < ORDER; n++) {
      if (said[n] > 0 && wanted[n] > 0) {
        precision += (double) common[n] / said[n];
        recall += (double) common[n] / wanted[n];
        orders++;
      }
    }
    if (precision + recall == 0) {
      return 0;
    }
    precision /= orders;
    recall /= orders;
    return 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
  }
}
