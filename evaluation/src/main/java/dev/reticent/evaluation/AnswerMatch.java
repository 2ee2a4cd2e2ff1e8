package dev.reticent.evaluation;

import dev.reticent.api.Internal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether a short answer is right: exact match, and F1 over its words, as in SQuAD.
 *
 * <p>SQuAD's normalisation, in this order: lower case; ASCII punctuation removed; the words "a",
 * "an" and "the" removed; runs of white space become one space, none at the ends.
 *
 * @see <a href="https://aclanthology.org/D16-1264/">Rajpurkar et al. 2016, section 6.1</a>
 */
@Internal
public final class AnswerMatch {
  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
  private static final Pattern ARTICLES =
      Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);

  private AnswerMatch() {}

  /** Whether the texts are the same, white space at their ends aside. */
  public static boolean exact(String prediction, String reference) {
    return prediction.strip().equals(reference.strip());
  }

  /** Whether the texts are the same after normalisation. */
  public static boolean normalised(String prediction, String reference) {
    return normalise(prediction).equals(normalise(reference));
  }

  /**
   * F1 = 2PR/(P + R) over the bags of normalised words, where P is the share of the prediction's
   * words that the reference has and R the reverse; if either text has no words, 1 if neither has.
   */
  public static double tokenF1(String prediction, String reference) {
    List<String> said = Words.split(normalise(prediction));
    List<String> wanted = Words.split(normalise(reference));
    if (said.isEmpty() || wanted.isEmpty()) {
      return said.equals(wanted) ? 1 : 0;
    }
    int common = Words.common(Words.ngrams(said, 1), Words.ngrams(wanted, 1));
    return 2.0 * common / (said.size() + wanted.size());
  }

  static String normalise(String text) {
    String bare = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    return String.join(" ", Words.split(ARTICLES.matcher(bare).replaceAll(" ")));
  }
}
