package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.audit.RunVerification;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose noise is correlated over steps. */
class BandedRunTest {

  @TempDir Path folder;

  private static Config banded(Config config) {
    return config
        .with("privacy.noise.mechanism", "banded")
        .with("privacy.noise.bands", 3)
        .with("sampling_rate", 0.25)
        .with("save_every_n_grad_steps", 2)
        .with("max_steps", 6);
  }

  private JsonNode statement() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("run/privacy.json").toFile());
  }

  /** Steps 1 and 2, then under another key 3 to 6: a round and a part, each charged as a round. */
  @Test
  void aRunThatGoesOnIsChargedAnotherRoundAndVerified() throws IOException {
    Config config =
        banded(TinyRun.config(folder, 40))
            .without("privacy.target_epsilon")
            .with("privacy.noise_multiplier", 2);
    TinyRun.runTo(config, 2);
    assertThat(statement().path("rounds_charged").asInt()).isEqualTo(1);
    TinyRun.run(config);
    JsonNode statement = statement();
    assertThat(statement.path("steps_charged").asInt()).isEqualTo(6);
    assertThat(statement.path("rounds_charged").asInt()).isEqualTo(3);
    assertThat(statement.path("sampler").asText()).isEqualTo("cyclic-poisson");
    double epsilon =
        new PldAccountant(Neighbors.of(Adjacency.ADD_OR_REMOVE_ONE))
            .epsilon(PrivacyEvent.poisson(0.75, 2, 3), 1e-4);
    assertThat(statement.path("epsilon").asDouble()).isCloseTo(epsilon, within(1e-9));
    Path run = folder.resolve("run");
    RunVerification verified = RunVerification.of(run, Optional.empty());
    assertThat(verified.holds()).as(verified.toText()).isTrue();
    assertThat(run.resolve("privacy.txt")).content().contains("3 bands", "which is 3 rounds of 3");
    Path file = run.resolve("privacy.json");
    Files.writeString(
        file, Files.readString(file).replace("\"rounds_charged\": 3", "\"rounds_charged\": 2"));
    assertThat(RunVerification.of(run, Optional.empty()).toText())
        .contains("rounds_charged: privacy.json says 2, the ledger 3");
  }

  @Test
  void aTestRunThatGoesOnEndsWithTheSameBytes() throws IOException {
    Config config = banded(TinyRun.repeatable(folder, 40));
    TinyRun.run(config);
    byte[] whole = Files.readAllBytes(folder.resolve("run/adapter_model.safetensors"));
    Config again = config.with("saving_dir", folder.resolve("again").toString());
    TinyRun.runTo(again, 2);
    TinyRun.run(again);
    assertThat(folder.resolve("again/adapter_model.safetensors")).hasBinaryContent(whole);
  }

  @Test
  void whatDoesNotGoWithBandsIsRefusedWithItsCure() throws IOException {
    Config config = banded(TinyRun.config(folder, 40));
    assertThatThrownBy(() -> TinyRun.run(config.with("sampling_rate", 0.5)))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("take at most 2 bands");
    assertThatThrownBy(() -> TinyRun.run(config.with("max_steps", 2)))
        .hasMessageContaining("take fewer bands");
    assertThatThrownBy(() -> TinyRun.run(config.with("privacy.rows_per_user", 2)))
        .hasMessageContaining("dataset.privacy_unit");
    assertThatThrownBy(() -> TinyRun.run(config.without("privacy.noise.mechanism")))
        .hasMessageContaining("privacy.noise.bands: is for mechanism: banded");
  }
}
