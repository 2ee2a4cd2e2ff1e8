package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.training.StepReport;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunCurvesTest {

  private static final List<RunProgress.Evaluation> EVALUATIONS =
      List.of(new RunProgress.Evaluation(0, 4.25), new RunProgress.Evaluation(2, 3.75));

  static FinetunePlan plan() {
    return Reticent.plan(config("{target_epsilon: 3, delta: 1e-3}"), 1000);
  }

  private static Config config(String privacy) {
    return Config.parse(
        "test",
        """
        foundation_model_name: reticent-tiny
        privacy: %s
        batch_size: 8
        max_steps: 2
        """
            .formatted(privacy));
  }

  private static List<StepReport> steps(Optional<PrivateCurve.Estimate> curve) {
    return IntStream.rangeClosed(1, 2)
        .mapToObj(at -> new StepReport(at, 2, 0.1, 0.5 * at, 1, 9.125, 8, 100, 0, 0, curve, 0.001))
        .toList();
  }

  @Test
  void ofAPrivateRunNothingIsDrawnThatIsNotCovered() {
    RunCurves curves = new RunCurves(plan(), false, steps(Optional.empty()), EVALUATIONS);
    assertThat(curves.loss()).isEmpty();
    assertThat(curves.table()).isEmpty();
    Display shown = curves.together();
    assertThat(shown.text()).contains("ε spent: 0.5 at step 1, 1 at 2").doesNotContain("loss");
    assertThat(shown.data().get(Display.SVG)).doesNotContain("held-out").doesNotContain("9.1");
  }

  @Test
  void publicEvaluationsAreDrawnAndListedWithTheEpsilonSpent() {
    RunCurves curves = new RunCurves(plan(), true, steps(Optional.empty()), EVALUATIONS);
    assertThat(curves.together().text())
        .contains("held-out loss: 4.25 at step 0, 3.75 at 2")
        .contains("ε spent")
        .doesNotContain("9.125");
    assertThat(curves.table().orElseThrow().text().lines())
        .anySatisfy(line -> assertThat(line).matches("2 +3\\.75 +42\\.521 +1"));
  }

  @Test
  void withoutPrivacyTheLossIsDrawnAndNoEpsilon() {
    FinetunePlan plain = Reticent.plan(config("{enabled: false}"), 1000);
    String text =
        new RunCurves(plain, false, steps(Optional.empty()), EVALUATIONS).together().text();
    assertThat(text).contains("training loss: 9.125").contains("held-out loss").doesNotContain("ε");
  }
}
