package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private String shown(boolean terminal) {
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (ProgressBar bar = new ProgressBar(stream, terminal, "train", 1000, System::nanoTime)) {
      for (int i = 0; i <= 1000; i++) {
        bar.update(i, "loss " + i);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void elsewhereThanOnATerminalThereAreTenPlainLines() {
    assertThat(shown(false).lines())
        .hasSize(10)
        .noneMatch(line -> line.contains("\r"))
        .last()
        .isEqualTo("train 1000/1000  loss 1000");
  }

  @Test
  void whatIsLeftFollowsFromThePaceSinceTheBarWasBegun() {
    long[] nanos = {0};
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (ProgressBar resumed = new ProgressBar(stream, true, "train", 100, () -> nanos[0])) {
      for (int step = 91; step <= 93; step++) {
        resumed.update(step, "");
        nanos[0] += 2_000_000_000L;
      }
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains(" 91/100  ", " 92/100, 16 s left", " 93/100, 14 s left");
  }

  @Test
  void whereNobodyKnowsTheTotalWhatIsDoneIsCounted() {
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (ProgressBar bar = new ProgressBar(stream, true, "reading", 0, System::nanoTime)) {
      bar.update(1000, "");
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("\rreading 1000  ");
  }

  @Test
  void onATerminalTheBarIsDrawnOverAndEndsFull() {
    assertThat(shown(true))
        .startsWith("\rtrain ░")
        .contains("\rtrain " + "█".repeat(30) + " 1000/1000  loss 1000")
        .endsWith(System.lineSeparator());
  }
}
