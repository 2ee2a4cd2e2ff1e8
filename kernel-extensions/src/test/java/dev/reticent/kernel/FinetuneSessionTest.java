package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the embedded model, stopped in the middle as a notebook's Stop does it. */
class FinetuneSessionTest {

  private static final int STEPS = 60;

  @TempDir Path folder;

  private Config config() throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      text.append("{\"question\": \"number ").append(i).append("\", \"answer\": \"it is ");
      text.append(i).append("\"}\n");
    }
    Files.writeString(rows, text);
    return Config.parse(
        "test",
        """
        foundation_model_name: reticent-tiny
        lora: {lora_attn_modules: [q_proj], lora_rank: 2}
        dataset: {train_file: %s, held_out_fraction: 0}
        privacy: {noise_multiplier: 1, delta: 1e-3, loss_curve: 0.1}
        batch_size: 8
        max_steps: %d
        saving_dir: %s
        """
            .formatted(rows, STEPS, folder.resolve("run")));
  }

  private int charged() throws IOException {
    return (int)
        Files.readAllLines(folder.resolve("run").resolve("ledger.jsonl")).stream()
            .filter(line -> line.contains("\"kind\":\"step\""))
            .count();
  }

  private long saved() throws IOException {
    try (Stream<Path> list = Files.list(folder.resolve("run").resolve("checkpoints"))) {
      return list.map(path -> path.getFileName().toString().replaceAll("\\D", ""))
          .filter(digits -> !digits.isEmpty())
          .mapToLong(Long::parseLong)
          .max()
          .orElse(0);
    }
  }

  @Test
  void stopEndsAfterTheStepWithLedgerAndCheckpointInAgreementAndTheNextRunGoesOn()
      throws IOException {
    Thread cell = Thread.currentThread();
    AtomicBoolean told = new AtomicBoolean();
    FinetuneSession session = new FinetuneSession(config());
    RecordingKernel kernel =
        new RecordingKernel(
            display -> {
              if (display.text().startsWith("training | step ") && !told.getAndSet(true)) {
                cell.interrupt();
              }
            });
    assertThatThrownBy(() -> session.run(kernel, Rerun.RESUME))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    session.await();

    assertThat(session.progress().phase()).isEqualTo(Phase.STOPPED);
    int steps = session.progress().lastStep().orElseThrow().step();
    assertThat(steps).isBetween(1, STEPS - 1);
    assertThat(charged()).isEqualTo(steps);
    assertThat(saved()).isEqualTo(steps);
    assertThat(session.progress().result().orElseThrow().outcome())
        .isEqualTo(Trainer.Outcome.INTERRUPTED);
    assertThat(kernel.updates.get(kernel.updates.size() - 1))
        .startsWith("stopped")
        .contains("step " + steps + " of " + STEPS)
        .contains("ledger and checkpoint agree: run the cell again to go on");

    FinetuneRun resumed = new FinetuneSession(config()).run(quiet(), Rerun.RESUME);
    assertThat(resumed.result().outcome()).isEqualTo(Trainer.Outcome.FINISHED);
    assertThat(charged()).isEqualTo(STEPS);
    assertThat(resumed.lossChart().text()).contains(" at step " + (steps + 1));
  }

  @Test
  void freshMovesTheEarlierRunAsideAndSaysWhatThatMeans() throws IOException {
    Config config = config().with("max_steps", 3);
    new FinetuneSession(config).run(quiet(), Rerun.RESUME);
    RecordingKernel kernel = quiet();
    FinetuneSession second = new FinetuneSession(config);
    second.run(kernel, Rerun.FRESH);
    assertThat(second.progress().steps()).hasSize(3);
    assertThat(kernel.shown.get(0))
        .contains("run-before-")
        .contains("adds to what this one spends");
    try (Stream<Path> list = Files.list(folder)) {
      assertThat(list.filter(path -> path.getFileName().toString().startsWith("run-before-")))
          .hasSize(1);
    }
  }

  @Test
  void theMagicRunsDefinesAVariableAndShowsTheResult() throws IOException {
    RecordingKernel kernel = quiet();
    Reticent.attach(kernel);
    kernel.cellMagics.get("finetune").run(List.of("max_steps=2"), config().toYaml());
    assertThat(kernel.evaluated).hasSize(1);
    assertThat(kernel.shown.get(0)).contains("2 of 2").contains("ε =");
    kernel.lineMagics.get("reticent").run(List.of("status"));
    assertThat(kernel.shown.get(1)).contains("finished");
  }

  private static RecordingKernel quiet() {
    return new RecordingKernel(display -> {});
  }
}
