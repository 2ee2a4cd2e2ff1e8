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
    try (ProgressBar bar = new ProgressBar(stream, terminal, "train", 1000)) {
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
  void onATerminalTheBarIsDrawnOverAndEndsFull() {
    assertThat(shown(true))
        .startsWith("\rtrain ░")
        .contains("\rtrain " + "█".repeat(30) + " 1000/1000  loss 1000")
        .endsWith(System.lineSeparator());
  }
}
