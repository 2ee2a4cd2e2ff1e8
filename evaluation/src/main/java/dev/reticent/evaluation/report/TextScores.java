package dev.reticent.evaluation.report;

import dev.reticent.evaluation.AnswerMatch;
import dev.reticent.evaluation.Bleu;
import dev.reticent.evaluation.Chrf;
import dev.reticent.evaluation.RougeL;
import java.util.List;

/**
 * How far answers share their targets' words; no judge is needed.
 *
 * @param exactMatch share of answers that are the target, white space at the ends aside
 * @param tokenF1 mean over the rows
 * @param rougeL mean F over the rows
 * @param chrf of the corpus, in percent
 * @param bleu of the corpus, in percent
 */
public record TextScores(
    double exactMatch, double tokenF1, double rougeL, double chrf, double bleu) {

  /** Scores answers by their targets, row by row. */
  public static TextScores of(List<String> answers, List<String> targets) {
    int n = answers.size();
    double exact = 0;
    double f1 = 0;
    double rouge = 0;
    for (int i = 0; i < n; i++) {
      exact += AnswerMatch.exact(answers.get(i), targets.get(i)) ? 1 : 0;
      f1 += AnswerMatch.tokenF1(answers.get(i), targets.get(i));
      rouge += RougeL.of(answers.get(i), targets.get(i)).f();
    }
    return new TextScores(
        exact / n, f1 / n, rouge / n, Chrf.corpus(answers, targets), Bleu.corpus(answers, targets));
  }
}
