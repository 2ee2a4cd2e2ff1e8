package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.training.StepReport;
import java.nio.file.Path;
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
    RunProgress progress = new RunProgress(Path.of("run"));
    progress.drawOn(display -> drawn.incrementAndGet());
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
    RunProgress progress = new RunProgress(Path.of("run"));
    progress.step(step(1));
    progress.drawOn(display -> drawn.incrementAndGet());
    progress.stop();
    assertThat(drawn.get()).isEqualTo(1);
    assertThat(progress.stopRequested()).isTrue();
    assertThat(progress.display().text())
        .contains("stopping")
        .contains("%%finetune fresh")
        .contains("step 1 of 100000");
  }
}
