package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Of what takes long one sees how far it is, and of what is quick nothing. */
class ProgressLinesTest {
  private final StringWriter words = new StringWriter();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanos;

  private String shown(int rowsASecond) {
    PrintStream bars = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (ProgressLines lines =
        new ProgressLines(new PrintWriter(words, true), bars, true, () -> nanos)) {
      lines.phase("reading the data");
      for (int done = 1000; done <= 10_000; done += 1000) {
        nanos += TimeUnit.SECONDS.toNanos(1) * 1000 / rowsASecond;
        lines.progressed("tokenizing the rows", done, 10_000);
      }
      lines.say("10,000 rows");
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatTakesLongHasABarAndTheTimeThatIsLeft() {
    assertThat(shown(1000))
        .doesNotContain(" 3000/10000")
        .contains(" 4000/10000  ")
        .contains(" 5000/10000, 5 s left")
        .contains("█".repeat(30) + " 10000/10000  ")
        .endsWith(System.lineSeparator());
    assertThat(words.toString().lines()).containsExactly("reading the data …", "10,000 rows");
  }

  @Test
  void whatIsQuickHasNone() {
    assertThat(shown(20_000)).isEmpty();
    assertThat(words.toString().lines()).containsExactly("reading the data …", "10,000 rows");
  }
}
