package dev.reticent.evaluation.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.evaluation.AnswerMatch;
import dev.reticent.evaluation.Chrf;

/**
 * A rule that grades in a judge's place where there is none.
 *
 * <p>It is no language model and understands nothing. Correctness: 5 for the target itself
 * (normalised as in SQuAD); else 4, 3, 2 from a token F1 of 0.8, 0.5, 0.25; else 1. Similarity: 5,
 * 4, 3, 2 from a chrF of 95, 75, 50, 25; else 1. Comparing: the greater token F1.
 */
final class StandInJudge implements Endpoint {
  /** What every report of its grades says. */
  static final String WARNING =
      "No language model graded these answers. The stand-in judge is a rule over the words that"
          + " answer and target share; its grades say nothing of what GPT-4 would give.";

  static final String MODEL = "reticent-stand-in";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Reply ask(JudgePrompt prompt, boolean schema) {
    String text = said(prompt);
    return new Reply(
        text, "stop", "", MODEL, "fp_rule_1", prompt.likelyTokens(), text.length() / 4 + 1);
  }

  /** What the rule says to a prompt. */
  static String said(JudgePrompt prompt) {
    return prompt.matter() instanceof JudgePrompt.Graded graded
        ? grade(graded, prompt.shape())
        : preference((JudgePrompt.Compared) prompt.matter());
  }

  private static String preference(JudgePrompt.Compared pair) {
    double a = AnswerMatch.tokenF1(pair.first(), pair.target());
    double b = AnswerMatch.tokenF1(pair.second(), pair.target());
    return JSON.createObjectNode()
        .put("justification", "Token F1 is %.2f and %.2f.".formatted(a, b))
        .put("winner", a > b ? "A" : a < b ? "B" : "tie")
        .toString();
  }

  private static String grade(JudgePrompt.Graded graded, JudgePrompt.Shape shape) {
    String answer = graded.answer();
    String target = graded.target();
    boolean correctness = graded.criterion() == Criterion.ANSWER_CORRECTNESS;
    int score = correctness ? correctness(answer, target) : similarity(answer, target);
    String why =
        correctness
            ? "Token F1 with the target is %.2f.".formatted(AnswerMatch.tokenF1(answer, target))
            : "chrF with the target is %.0f.".formatted(Chrf.sentence(answer, target));
    return shape == JudgePrompt.Shape.TWO_LINES
        ? "score: " + score + "\njustification: " + why
        : JSON.createObjectNode().put("justification", why).put("score", score).toString();
  }

  private static int correctness(String answer, String target) {
    double f1 = AnswerMatch.tokenF1(answer, target);
    return AnswerMatch.normalised(answer, target)
        ? 5
        : f1 >= 0.8 ? 4 : f1 >= 0.5 ? 3 : f1 >= 0.25 ? 2 : 1;
  }

  private static int similarity(String answer, String target) {
    double chrf = Chrf.sentence(answer, target);
    return chrf >= 95 ? 5 : chrf >= 75 ? 4 : chrf >= 50 ? 3 : chrf >= 25 ? 2 : 1;
  }

  @Override
  public void close() {}
}
