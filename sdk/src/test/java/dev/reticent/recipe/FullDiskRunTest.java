package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.TinyDisk;
import dev.reticent.config.Config;
import java.io.IOException;
import java.io.OutputStream;
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
        TinyRun.config(folder, 60)
            .with("privacy.secure", false)
            .without("privacy.target_epsilon")
            .with("noise_multiplier", 1)
            .with("save_every_n_grad_steps", 1)
            .with("max_steps", 5);
    TinyRun.run(config.with("saving_dir", folder.resolve("whole").toString()));
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), 8192)) {
      Path run = disk.folder().resolve("run");
      Config onDisk = config.with("saving_dir", run.toString());
      TinyRun.runTo(onDisk, 2);
      String ledger = Files.readString(run.resolve("ledger.jsonl"));
      Path filler = disk.folder().resolve("filler");
      fill(filler);
      assertThatThrownBy(() -> TinyRun.run(onDisk)).hasStackTraceContaining("No space left");
      assertThat(Files.readString(run.resolve("ledger.jsonl"))).startsWith(ledger);
      Files.delete(filler);
      FinetuneResult result = TinyRun.run(onDisk);
      assertThat(result.steps()).isEqualTo(5);
      assertThat(Files.readAllBytes(run.resolve(ADAPTER)))
          .isEqualTo(Files.readAllBytes(folder.resolve("whole").resolve(ADAPTER)));
    }
  }

  private static void fill(Path file) throws IOException {
    byte[] page = new byte[512];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
  }
}
