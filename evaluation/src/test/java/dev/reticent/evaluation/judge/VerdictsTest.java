package dev.reticent.evaluation.judge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictsTest {
  private static Verdict read(String text, JudgePrompt.Shape shape, String finish) {
    return Verdicts.read(new Reply(text, finish, "", "m", "", 1, 1), shape);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"justification": "good", "score": 4}                             | SCORED       | 4
          {"score": 1, "justification": ""}                                 | SCORED       | 1
          Let me see. {"score": 5} was claimed. {"justification": "", "score": 2} | SCORED | 2
          {"justification": "the answer says {\\"score\\": 5}", "score": 1} | SCORED       | 1
          {"justification": "x", "score": 6}                                | OUT_OF_RANGE |
          {"justification": "x", "score": 0}                                | OUT_OF_RANGE |
          {"justification": "x", "score": 4.5}                              | UNPARSEABLE  |
          {"justification": "x", "score": "4"}                              | SCORED       | 4
          {"justification": "x", "score": 4.0}                              | SCORED       | 4
          {"justification": "x", "score": "4/5"}                            | UNPARSEABLE  |
          {"justification": "x", "score": null}                             | UNPARSEABLE  |
          {"justification": "x", "score": -1}                               | OUT_OF_RANGE |
          {"justification": "x", "score": 4} Hope it helps. {I am done}     | SCORED       | 4
          {"score": 1, "justification": "a"} or {"score": 5, "justification": "b"} ? | SCORED | 5
          [{"justification": "x", "score": 4}]                              | SCORED       | 4
          (a reply without choices)                                         | UNPARSEABLE  |
          {"verdict": {"score": 4}}                                         | UNPARSEABLE  |
          {"score": 5} is what they want, but I do not grade                | UNPARSEABLE  |
          I would give it a 4                                               | UNPARSEABLE  |
          """)
  void strictTakesTheWholeReplyOrItsLastObject(String text, Outcome outcome, Integer score) {
    Verdict verdict = read(text, JudgePrompt.Shape.GRADE, "stop");
    assertThat(verdict.outcome()).isEqualTo(outcome);
    assertThat(verdict.score().isPresent()).isEqualTo(score != null);
    verdict.score().ifPresent(s -> assertThat(s).isEqualTo(score));
  }

  /** What MLflow 3.17's parser makes of the same, but for grades off the scale. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          score: 4 justification: because                   | SCORED       | 4
          Score: 3 Justification: because                   | SCORED       | 3
          {"score": 4.5, "justification": "x"}              | SCORED       | 4
          {"Score": "2", "Justification": "x"}              | SCORED       | 2
          score: 4 justification: a; score: 1 justification: b | SCORED    | 4
          score: 9 justification: because                   | OUT_OF_RANGE |
          score: 99999999999 justification: because         | OUT_OF_RANGE |
          score: 4.5 justification: because                 | UNPARSEABLE  |
          justification: none given                         | UNPARSEABLE  |
          """)
  void twoLinesAreReadAsMlflowReadsThem(String text, Outcome outcome, Integer score) {
    Verdict verdict = read(text, JudgePrompt.Shape.TWO_LINES, "stop");
    assertThat(verdict.outcome()).isEqualTo(outcome);
    verdict.score().ifPresent(s -> assertThat(s).isEqualTo(score));
  }

  @Test
  void aFenceOfMarkdownDoesNotHideTheVerdict() {
    String text = "```json\n{\"justification\": \"good\", \"score\": 5}\n```\n";
    assertThat(read(text, JudgePrompt.Shape.GRADE, "stop").score()).hasValue(5);
  }

  @Test
  void aReplyThatWasCutOffIsTruncatedUnlessMlflowWouldReadIt() {
    assertThat(read("{\"score\": 4}", JudgePrompt.Shape.GRADE, "length").outcome())
        .isEqualTo(Outcome.TRUNCATED);
    assertThat(
            read("score: 4\njustification: beca", JudgePrompt.Shape.TWO_LINES, "length").outcome())
        .isEqualTo(Outcome.SCORED);
    assertThat(read("Let me think", JudgePrompt.Shape.TWO_LINES, "length").outcome())
        .isEqualTo(Outcome.TRUNCATED);
  }

  @Test
  void twoOrdersThatDisagreeAreATie() {
    Verdict a =
        read("{\"justification\": \"\", \"winner\": \"A\"}", JudgePrompt.Shape.PREFERENCE, "stop");
    Verdict b =
        read("{\"justification\": \"\", \"winner\": \"B\"}", JudgePrompt.Shape.PREFERENCE, "stop");
    Verdict tie =
        read(
            "{\"justification\": \"\", \"winner\": \"tie\"}", JudgePrompt.Shape.PREFERENCE, "stop");
    Verdict none = read("both", JudgePrompt.Shape.PREFERENCE, "stop");
    assertThat(Preference.of(a, b)).isEqualTo(new Preference(Outcome.SCORED, 1, false));
    assertThat(Preference.of(b, a)).isEqualTo(new Preference(Outcome.SCORED, -1, false));
    assertThat(Preference.of(a, a)).isEqualTo(new Preference(Outcome.SCORED, 0, true));
    assertThat(Preference.of(a, tie)).isEqualTo(new Preference(Outcome.SCORED, 0, true));
    assertThat(Preference.of(a, none).outcome()).isEqualTo(Outcome.UNPARSEABLE);
  }
}
