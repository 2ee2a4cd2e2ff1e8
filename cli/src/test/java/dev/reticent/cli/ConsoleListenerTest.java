package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a run shows while it works keeps to its line on a terminal, and to ten lines in a log. */
class ConsoleListenerTest {
  private long nanos;

  /** How often 500 answers, one a second, end a line. */
  private long lines(boolean terminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream bars = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(new StringWriter());
    try (ConsoleListener listener =
        new ConsoleListener(err, new ProgressLines(err, bars, terminal, () -> nanos))) {
      listener.phase("asking the base model 500 questions");
      for (int done = 1; done <= 500; done++) {
        nanos += TimeUnit.SECONDS.toNanos(1);
        listener.progressed("answering", done, 500);
      }
    }
    String shown = bytes.toString(StandardCharsets.UTF_8);
    assertThat(shown).contains("500/500");
    return shown.chars().filter(letter -> letter == '\n').count();
  }

  @Test
  void onATerminalOneLineIsDrawnOver() {
    assertThat(lines(true)).isEqualTo(1);
  }

  @Test
  void aLogHasTenLines() {
    assertThat(lines(false)).isEqualTo(10);
  }
}
