package dev.reticent.evaluation.report;

import dev.reticent.chart.LineChart;
import dev.reticent.evaluation.PairedDifference;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Grade;
import dev.reticent.evaluation.judge.Outcome;
import dev.reticent.evaluation.judge.Spent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A small evaluation of three models on four questions, one of them private. */
final class Samples {
  private Samples() {}

  /** 0 is a row without a verdict. */
  static List<Grade> grades(int... scores) {
    List<Grade> grades = new ArrayList<>();
    for (int score : scores) {
      grades.add(
          new Grade(
              score == 0 ? Outcome.UNPARSEABLE : Outcome.SCORED,
              score == 0 ? OptionalInt.empty() : OptionalInt.of(score),
              0,
              1,
              score == 0 ? "no verdict in the reply" : "because of " + score,
              "m",
              "f"));
    }
    return grades;
  }

  static ModelResult model(String key, String name, int... scores) {
    Map<Criterion, List<Grade>> grades = new EnumMap<>(Criterion.class);
    Map<Criterion, GradeSummary> summaries = new EnumMap<>(Criterion.class);
    for (Criterion criterion : Criterion.values()) {
      grades.put(criterion, grades(scores));
      summaries.put(criterion, GradeSummary.of(grades(scores), 0));
    }
    return new ModelResult(
        key,
        name,
        List.of("<script>alert(1)</script>", "two | halves", "", "four"),
        grades,
        summaries,
        Optional.of(new TextScores(0.25, 0.5, 0.5, 40, 20)),
        OptionalDouble.of(0.7),
        Optional.of(new ModelResult.Agreement(3, OptionalDouble.of(0.5), OptionalDouble.empty())));
  }

  static Evaluation evaluation() {
    List<Question> questions =
        List.of(
            new Question("1", "What is <b>?", "a tag", false),
            new Question("2", "a private question", "x", true),
            new Question("3", "three", "three", false),
            new Question("4", "four", "four", false));
    double[] dp = {3, 5, 5};
    double[] plain = {5, 5, 5};
    PairedDifference difference = PairedDifference.of(dp, plain, 0);
    return new Evaluation(
        "A sample",
        "2026-01-01T00:00:00Z",
        questions,
        List.of(Criterion.values()),
        List.of(
            model("base", "Base model", 1, 1, 0, 2),
            model("non_dp", "Fine-tuned without DP", 5, 5, 0, 5),
            model("dp", "Fine-tuned with DP (ε = 3.00, δ = 1e-5)", 3, 5, 0, 5)),
        List.of(
            new Comparison(
                "dp",
                "non_dp",
                Map.of(Criterion.ANSWER_SIMILARITY, difference),
                Optional.of(
                    new Comparison.Pairwise(0, 2, 1, 1, 20, 10, Map.of(Outcome.SCORED, 3))))),
        Optional.of(
            new JudgeFacts(
                "a stand-in rule over shared words",
                "reticent-stand-in",
                List.of("reticent-stand-in"),
                List.of("fp_rule_1"),
                "temperature=0",
                "strict",
                "abc",
                1,
                false,
                new Spent(12, 3, 1000, 100, 0.01, 0))),
        Optional.of(
            new Promise(
                "No test is right more than 57.8 % of the time.",
                Optional.of(new LineChart("<trade-off>", "x", List.of())))),
        List.of("No language model graded these answers."),
        Optional.empty());
  }
}
