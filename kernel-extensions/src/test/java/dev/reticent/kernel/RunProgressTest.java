package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.training.StepReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunProgressTest {

  private static StepReport step(int number) {
    return new StepReport(
        number, 100_000, 0.1, 0.01 * number, 1, 2, 8, 100, 0, 0, Optional.empty(), 0.001);
  }

  @Test
  void aFastRunIsDrawnAtMostTenTimesASecond() {
    AtomicInteger drawn = new AtomicInteger();
    RunProgress progress = new RunProgress(Path.of("run"), false);
    progress.drawOn(display -> drawn.incrementAndGet(), curves -> {});
    long start = System.nanoTime();
    int steps = 0;
    while (System.nanoTime() - start < 550_000_000L) {
      progress.step(step(++steps));
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    assertThat(steps).isGreaterThan(20);
    assertThat(drawn.get()).isBetween(1, (int) (10 * seconds) + 1);
  }

  @Test
  void stopIsShownAtOnce() {
    AtomicInteger drawn = new AtomicInteger();
    RunProgress progress = new RunProgress(Path.of("run"), false);
    progress.step(step(1));
    progress.drawOn(display -> drawn.incrementAndGet(), curves -> {});
    progress.stop();
    assertThat(drawn.get()).isEqualTo(1);
    assertThat(progress.stopRequested()).isTrue();
    assertThat(progress.display().text())
        .contains("stopping")
        .contains("%%finetune fresh")
        .contains("step 1 of 100000");
  }

  @Test
  void curvesAreDrawnAtTheFirstStepAndAtTheEndAndSeldomBetween() {
    List<Display> drawn = new ArrayList<>();
    RunProgress progress = new RunProgress(Path.of("run"), false);
    progress.drawOn(display -> {}, drawn::add);
    progress.planned(RunCurvesTest.plan());
    for (int step = 1; step <= 100; step++) {
      progress.step(step(step));
    }
    progress.failed(new IllegalStateException("over"));
    assertThat(drawn.size()).isBetween(2, 4);
    assertThat(drawn.get(drawn.size() - 1).text()).contains("at 100");
  }

  @Test
  void beforeTheFirstStepThePhaseIsNamedAndStopSaysThatNothingIsSpent() {
    RunProgress progress = new RunProgress(Path.of("run"), false);
    progress.phase("tokenizing the rows");
    assertThat(progress.display().text()).startsWith("tokenizing the rows …");
    progress.planned(RunCurvesTest.plan());
    assertThat(progress.display().text()).contains("expect ");
    progress.stop();
    assertThat(progress.display().text())
        .startsWith("stopping: no step is taken any more; tokenizing the rows ends first …")
        .doesNotContain("end of this step");
  }

  @Test
  void rowsThatAreCountedAreABarWithoutNumbers() {
    RunProgress progress = new RunProgress(Path.of("run"), false);
    progress.progressed("reading", 50, 200);
    assertThat(progress.display().html()).contains("value=\"0.2500\"").doesNotContain("200");
  }
}
