package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class WorkersTest {

  @Test
  void resultsComeInTheOrderOfTheTasks() {
    try (Workers workers = new Workers(3)) {
      assertThat(workers.<Integer>run(List.of(() -> 1, () -> 2, () -> 3, () -> 4)))
          .containsExactly(1, 2, 3, 4);
    }
  }

  /** Else a step that failed would go on in tensors that its caller frees. */
  @Test
  void nothingIsUnderWayWhenATaskHasFailed() {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    Supplier<Integer> failing =
        () -> {
          failed.countDown();
          throw new IllegalArgumentException("first");
        };
    Supplier<Integer> slow =
        () -> {
          await(failed);
          pause();
          ended.set(true);
          return 1;
        };
    try (Workers workers = new Workers(2)) {
      assertThatThrownBy(() -> workers.run(List.of(failing, slow)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("first");
      assertThat(ended).isTrue();
    }
  }

  @Test
  void anInterruptWaitsForTheStepAndIsStillThere() {
    try (Workers workers = new Workers(1)) {
      Thread.currentThread().interrupt();
      assertThat(workers.<Integer>run(List.of(() -> 1))).containsExactly(1);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
