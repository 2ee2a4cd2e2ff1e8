package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.TinyDisk;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.training.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run on a real disk that fills up. */
class FullDiskRunTest {

  private static final String ADAPTER = "adapter_model.safetensors";

  @TempDir Path folder;

  @Test
  void aRunOnAFullDiskLosesNothingAndGoesOnWhenThereIsRoom() throws IOException {
    Config config =
        TinyRun.repeatable(folder, 60).with("save_every_n_grad_steps", 1).with("max_steps", 5);
    TinyRun.run(config.with("saving_dir", folder.resolve("whole").toString()));
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), 8192)) {
      Path run = disk.folder().resolve("run");
      Config onDisk = config.with("saving_dir", run.toString());
      TinyRun.runTo(onDisk, 2);
      String ledger = Files.readString(run.resolve("ledger.jsonl"));
      Path filler = disk.folder().resolve("filler");
      assertThatThrownBy(() -> Files.write(filler, new byte[8192 << 10]))
          .hasMessageContaining("No space left");
      assertThatThrownBy(() -> TinyRun.run(onDisk)).hasStackTraceContaining("No space left");
      assertThat(Files.readString(run.resolve("ledger.jsonl"))).startsWith(ledger);
      Files.delete(filler);
      FinetuneResult result = TinyRun.run(onDisk);
      assertThat(result.steps()).isEqualTo(5);
      assertThat(Files.readAllBytes(run.resolve(ADAPTER)))
          .isEqualTo(Files.readAllBytes(folder.resolve("whole").resolve(ADAPTER)));
    }
  }

  @Test
  void aRunWhoseCheckpointsFailStopsAndStatesWhatItSpent() throws IOException {
    Config config =
        TinyRun.repeatable(folder, 60).with("save_every_n_grad_steps", 1).with("max_steps", 40);
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), 8192)) {
      Path run = disk.folder().resolve("run");
      Path filler = disk.folder().resolve("filler");
      assertThatThrownBy(
              () ->
                  DPFinetuningRecipe.of(config.with("saving_dir", run.toString()))
                      .run(
                          new FinetuneListener() {
                            @Override
                            public void step(StepReport report) {
                              // Less room than a checkpoint takes, more than a line of the ledger.
                              fill(filler, disk, report.step() == 2);
                            }
                          }))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("after step 3")
          .hasMessageContaining("Make room");
      assertThat(run.resolve("privacy.json")).isRegularFile();
      assertThat(Files.readAllLines(run.resolve("ledger.jsonl"))).hasSize(4);
      Files.delete(filler);
      assertThat(TinyRun.runTo(config.with("saving_dir", run.toString()), 5).steps()).isEqualTo(5);
    }
  }

  private static void fill(Path filler, TinyDisk disk, boolean now) {
    try {
      if (now) {
        long room = Files.getFileStore(disk.folder()).getUsableSpace();
        Files.write(filler, new byte[(int) room - (24 << 10)]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
