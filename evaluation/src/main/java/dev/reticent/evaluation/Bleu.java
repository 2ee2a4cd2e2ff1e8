package dev.reticent.evaluation;

import dev.reticent.api.Internal;
import java.util.List;
import java.util.Map;

/**
 * BLEU over runs of 1 to 4 words, in percent.
 *
 * <p>min(1, exp(1 − r/c))·(p₁p₂p₃p₄)^¼ with r and c the lengths of references and predictions and
 * pₙ the share of the predictions' n-grams that their references have, no more often than there. A
 * zero pₙ becomes 100/(2ᵏ·total), k counting the zeros so far. The tokenizer is mteval-v13a's. The
 * figures are those of sacrebleu with the signatures given here.
 *
 * @see <a href="https://aclanthology.org/P02-1040/">Papineni et al. 2002</a>
 * @see <a href="https://aclanthology.org/W18-6319/">Post 2018</a>
 */
@Internal
public final class Bleu {
  /** What sacrebleu calls the settings of {@link #corpus}. */
  public static final String CORPUS_SIGNATURE = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp";

  /** What sacrebleu calls the settings of {@link #sentence}. */
  public static final String SENTENCE_SIGNATURE = "nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp";

  private static final int ORDER = 4;

  /** Stands for the logarithm of zero. */
  private static final double LOG_ZERO = -9999999999.0;

  private final long[] common = new long[ORDER];
  private final long[] total = new long[ORDER];
  private long said;
  private long wanted;

  private Bleu() {}

  /**
   * The score of a corpus, from the counts of all its rows together.
   *
   * @throws IllegalArgumentException if there are no rows, or not as many references as predictions
   */
  public static double corpus(List<String> predictions, List<String> references) {
    Rows.check(predictions.size(), references.size());
    Bleu counts = new Bleu();
    for (int i = 0; i < predictions.size(); i++) {
      counts.add(predictions.get(i), references.get(i));
    }
    return counts.score(false);
  }

  /** The score of one row; only as many orders count as the prediction is long. */
  public static double sentence(String prediction, String reference) {
    Bleu counts = new Bleu();
    counts.add(prediction, reference);
    return counts.score(true);
  }

  private void add(String prediction, String reference) {
    List<String> ours = Tokenizer13a.tokens(prediction);
    List<String> theirs = Tokenizer13a.tokens(reference);
    said += ours.size();
    wanted += theirs.size();
    for (int n = 1; n <= ORDER; n++) {
      Map<List<String>, Integer> ngrams = Words.ngrams(ours, n);
      total[n - 1] += Math.max(0, ours.size() - n + 1);
      common[n - 1] += Words.common(ngrams, Words.ngrams(theirs, n));
    }
  }

  private double score(boolean effectiveOrder) {
    if (common[0] == 0) {
      return 0; // no shared word, so no shared run of words
    }
    double logs = 0;
    int orders = 0;
    double smoothing = 1;
    for (int n = 0; n < ORDER && total[n] > 0; n++, orders++) {
      if (common[n] == 0) {
        smoothing *= 2;
        logs += Math.log(100 / (smoothing * total[n]));
      } else {
        logs += Math.log(100.0 * common[n] / total[n]);
      }
    }
    if (!effectiveOrder) {
      logs += (ORDER - orders) * LOG_ZERO;
      orders = ORDER;
    }
    double brevity = said < wanted ? Math.exp(1 - (double) wanted / said) : 1;
    return brevity * Math.exp(logs / orders);
  }
}
