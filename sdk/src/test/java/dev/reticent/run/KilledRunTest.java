package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run in a JVM of its own, killed with SIGKILL at random moments and resumed, ends where the
 * undisturbed run does. Twenty kills:
 *
 * <pre>
 * mvn -pl sdk -am test -Dtest=KilledRunTest -Dsurefire.failIfNoSpecifiedTests=false -Dreticent.kills=20
 * </pre>
 */
class KilledRunTest {

  private static final int KILLS = Integer.getInteger("reticent.kills", 4);
  private static final long SEED = Long.getLong("reticent.seed", System.nanoTime());

  @TempDir Path folder;

  /** The program that is killed: its arguments are a config file and a run's folder. */
  public static void main(String[] args) {
    TinyRun.run(Config.read(Path.of(args[0])).with("saving_dir", args[1]));
  }

  @Test
  void resumesToTheSameLedgerAndTheSameBytes() throws IOException, InterruptedException {
    int steps = 6 + 3 * KILLS;
    Config config =
        TinyRun.repeatable(folder, 60)
            .with("privacy.clipping", "adaptive")
            .with("privacy.accountant", "rdp")
            .with("max_steps", steps)
            .with("save_every_n_grad_steps", 2);
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, config.toYaml());
    Path undisturbed = folder.resolve("undisturbed");
    assertThat(start(file, undisturbed).waitFor()).isZero();

    SplittableRandom random = new SplittableRandom(SEED);
    Path killed = folder.resolve("killed");
    Path ledger = killed.resolve("ledger.jsonl");
    long charged = 0;
    int kills = 0;
    while (kills < KILLS) {
      Process process = start(file, killed);
      // Some bytes on from where the ledger stands, which may be inside a line, and a moment more,
      // which may be inside a checkpoint.
      long target = size(ledger) + random.nextLong(1, 700);
      while (process.isAlive() && size(ledger) < target) {
        Thread.sleep(0, 500_000);
      }
      Thread.sleep(random.nextInt(60));
      boolean alive = process.isAlive();
      process.destroyForcibly().waitFor();
      long now = whole(ledger);
      assertThat(now).as("lines of the ledger, seed %d", SEED).isGreaterThanOrEqualTo(charged);
      charged = now;
      if (!alive) {
        break; // it ended before it could be killed: nothing is left to disturb
      }
      kills++;
    }
    System.out.printf("killed %d times, seed %d%n", kills, SEED);
    assertThat(kills).as("kills, seed %d", SEED).isGreaterThanOrEqualTo(Math.min(3, KILLS));
    assertThat(start(file, killed).waitFor()).isZero();
    for (String name : List.of("ledger.jsonl", "adapter_model.safetensors")) {
      // The ledger holds each step's ε, and in its header what the run promises.
      assertThat(content(killed.resolve(name)))
          .as("%s after %d kills, seed %d", name, kills, SEED)
          .isEqualTo(content(undisturbed.resolve(name)));
    }
  }

  private static String content(Path file) throws IOException {
    if (!file.endsWith("ledger.jsonl")) {
      return HexFormat.of().formatHex(Files.readAllBytes(file));
    }
    return Files.readString(file)
        .replaceAll("\"hash\":\"[0-9a-f]+\"", "")
        .replaceAll("\"run\":\"[^\"]+\"", "");
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private static long whole(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).chars().filter(c -> c == '\n').count() : 0;
  }

  private Process start(Path config, Path run) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-Dai.djl.offline=true",
            "-Dai.djl.pytorch.num_threads=1",
            "-cp",
            System.getProperty("java.class.path"),
            KilledRunTest.class.getName(),
            config.toString(),
            run.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), "output.txt")))
        .start();
  }
}
