package dev.reticent.evaluation;

import dev.reticent.api.Internal;
import java.util.Arrays;
import java.util.Locale;

/**
 * ROUGE-L: how long a sequence of words two texts share, in order but with gaps.
 *
 * <p>With L the length of the longest common subsequence: precision L/|prediction|, recall
 * L/|reference|, f their harmonic mean; all 0 when a text has no words. Words are runs of a–z and
 * 0–9 in the lower-cased text, without stemming, as in the Python package rouge_score. A corpus'
 * score is the mean of its rows'.
 *
 * @see <a href="https://aclanthology.org/W04-1013/">Lin 2004, section 3</a>
 */
@Internal
public record RougeL(double precision, double recall, double f) {

  public static RougeL of(String prediction, String reference) {
    String[] said = words(prediction);
    String[] wanted = words(reference);
    int common = longestCommonSubsequence(said, wanted);
    if (common == 0) {
      return new RougeL(0, 0, 0);
    }
    double precision = (double) common / said.length;
    double recall = (double) common / wanted.length;
    return new RougeL(precision, recall, 2 * precision * recall / (precision + recall));
  }

  private static String[] words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
        .filter(word -> !word.isEmpty())
        .toArray(String[]::new);
  }

  private static int longestCommonSubsequence(String[] a, String[] b) {
    int[] above = new int[b.length + 1];
    for (String word : a) {
      int[] row = new int[b.length + 1];
      for (int j = 1; j <= b.length; j++) {
        row[j] = word.equals(b[j - 1]) ? above[j - 1] + 1 : Math.max(above[j], row[j - 1]);
      }
      above = row;
    }
    return above[b.length];
  }
}
