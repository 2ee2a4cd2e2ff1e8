package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Golden;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.TinyRun;
import dev.reticent.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole recipe on a tiny random Mistral. */
class DPFinetuningRecipeTest {

  @TempDir Path folder;

  private Config config() throws IOException {
    return TinyRun.config(folder, 120);
  }

  @Test
  void aPrivateRunLearnsWithinItsBudgetAndLeavesWhatItPromises() throws IOException {
    FinetuneResult result = TinyRun.run(config());
    assertThat(result.outcome()).isEqualTo(Trainer.Outcome.FINISHED);
    assertThat(result.epsilon()).isLessThanOrEqualTo(8.0).isGreaterThan(7.9);
    assertThat(result.lossAfter()).isLessThan(result.lossBefore());
    Path run = folder.resolve("run");
    assertThat(Files.readAllLines(run.resolve("ledger.jsonl"))).hasSize(1 + 6);
    assertThat(PeftFolder.read(run, ModelConfig.read(Golden.folder("mistral-tiny"))).values())
        .isNotEmpty();
    assertThat(run.resolve("privacy.json")).isRegularFile();
    assertThat(run.resolve("provenance.json")).isRegularFile();
    assertThat(run.resolve("local/tensorboard/run.local")).isDirectory();
    assertThat(result.statement()).contains("differentially private");
  }

  @Test
  void aFinishedRunIsNotChargedAgain() throws IOException {
    FinetuneResult first = TinyRun.run(config());
    FinetuneResult again = TinyRun.run(config());
    assertThat(again.steps()).isEqualTo(first.steps());
    assertThat(again.epsilon()).isEqualTo(first.epsilon());
    Config never = config().with("resume", "never");
    assertThatThrownBy(() -> TinyRun.run(never))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("resume");
  }

  @ParameterizedTest
  @CsvSource({"true, none, 0", "false, none, 0", "true, none, 3", "true, host, 2"})
  void anyNumberOfDevicesGivesTheSameAdapterBytes(boolean isPrivate, String offload, int stage)
      throws IOException {
    Config seeded =
        config()
            .with("privacy.secure", false)
            .with("physical_batch_size", 4)
            .with("offload", offload)
            .with("zero_stage", stage)
            .with("max_steps", 3)
            .with("privacy.enabled", isPrivate)
            .without("privacy.target_epsilon");
    if (isPrivate) {
      seeded = seeded.with("privacy.noise_multiplier", 1); // which need not be searched for
    }
    List<byte[]> adapters = new ArrayList<>();
    for (String devices :
        List.of("cpu", "cpu cpu", "cpu:1 cpu:2", "cpu cpu:1 cpu:2 cpu:3", "cpu:1 cpu cpu cpu:1")) {
      Path run = folder.resolve("run-" + devices.replaceAll("[ :]", "-"));
      Config config =
          seeded.with("devices", List.of(devices.split(" "))).with("saving_dir", run.toString());
      TinyRun.run(config);
      adapters.add(Files.readAllBytes(run.resolve("adapter_model.safetensors")));
    }
    assertThat(adapters).allSatisfy(bytes -> assertThat(bytes).isEqualTo(adapters.get(0)));
  }

  @Test
  void withoutPrivacyNothingIsPromised() throws IOException {
    Config open = config().with("privacy.enabled", false).without("privacy.target_epsilon");
    FinetuneResult result = TinyRun.run(open);
    assertThat(result.lossAfter()).isLessThan(result.lossBefore());
    assertThat(result.statement()).startsWith("No privacy guarantee");
    assertThat(folder.resolve("run").resolve("ledger.jsonl")).doesNotExist();
  }
}
