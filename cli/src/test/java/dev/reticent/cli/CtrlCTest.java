package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in a terminal loses nothing that ε was spent on. */
class CtrlCTest {
  private static final int SIGHUP = 1;

  @TempDir Path folder;

  @Test
  void theRunEndsAfterItsStepWithCheckpointAndStatement() throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Process process = start(output);
    try {
      Path ledger = folder.resolve("run").resolve("ledger.jsonl");
      for (int i = 0; i < 6000 && process.isAlive() && lines(ledger) < 4; i++) {
        Thread.sleep(100);
      }
      assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
      interrupt(process);
      assertThat(process.waitFor(600, TimeUnit.SECONDS)).as(Files.readString(output)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(output))
        .contains("Ending after this step, with checkpoint and statement")
        .contains("Go on with the same command.");
    assertThat(temporary()).isEmptyDirectory();
    assertThat(folder.resolve("run").resolve("privacy.txt")).isRegularFile();
    assertThat(folder.resolve("run").resolve("adapter_model.safetensors")).isRegularFile();
  }

  /** What containers and clusters send before they kill. */
  @Test
  void sigtermIsTheSameRequest() throws ReflectiveOperationException, InterruptedException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    AtomicInteger asked = new AtomicInteger();
    try (CtrlC listener = CtrlC.listen(asked::incrementAndGet)) {
      signal
          .getMethod("raise", signal)
          .invoke(null, signal.getConstructor(String.class).newInstance("TERM"));
      for (int i = 0; i < 1000 && !listener.pressed(); i++) {
        Thread.sleep(10);
      }
      assertThat(listener.pressed()).isTrue();
      assertThat(listener.exitCode()).isEqualTo(128 + 15);
    }
    assertThat(asked).hasValue(1);
  }

  /**
   * The shell of a closed terminal sends it, and then the system does; a halt would end this JVM.
   */
  @Test
  void sighupTwiceIsStillOneRequest() {
    AtomicInteger asked = new AtomicInteger();
    try (CtrlC listener = CtrlC.listen(asked::incrementAndGet)) {
      listener.press(SIGHUP);
      listener.press(SIGHUP);
      assertThat(listener.exitCode()).isEqualTo(128 + SIGHUP);
    }
    assertThat(asked).hasValue(1);
  }

  private Path temporary() {
    return folder.resolve("temporary");
  }

  private Process start(Path output) throws IOException, InterruptedException {
    Path config = TinyConfig.write(folder, 40);
    // A process in the background ignores the signal unless it is told not to.
    List<String> unignored = List.of("env", "--default-signal=INT");
    assumeTrue(
        new ProcessBuilder("env", "--default-signal=INT", "true").start().waitFor() == 0,
        "needs GNU env with --default-signal");
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(unignored));
    builder
        .command()
        .addAll(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-Djava.io.tmpdir=" + Files.createDirectories(temporary()),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "finetune",
                config.toString(),
                "batch_size=8",
                // Steps enough for the signal to come in time; few enough, and of so much noise,
                // that their ε is found in no time.
                "max_steps=5000",
                "noise_multiplier=4"));
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  private static void interrupt(Process process) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor()).isZero();
  }

  private static long lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).lines().count() : 0;
  }
}
