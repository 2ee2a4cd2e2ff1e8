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
import dev.reticent.privacy.accounting.RandomStopping;
import dev.reticent.privacy.accounting.Subsampling;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.recipe.TuneRecipe;
import dev.reticent.training.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose steps have a limit. */
class TruncatedRunTest {

  private static final int LIMIT = 10;

  @TempDir Path folder;

  /** Twelve of 30 rows on average, of which ten at most are kept. */
  private static Config truncated(Config config) {
    return config
        .with("privacy.sampler", "truncated_poisson")
        .with("privacy.largest_batch", LIMIT)
        .with("dataset.held_out_fraction", 0)
        .with("batch_size", 12)
        .with("max_steps", 4);
  }

  /** One row repeats another: the accountant has a place for it, in which nothing is. */
  @Test
  void noStepIsAboveTheLimitAndTheAccountantKnowsIt() throws IOException {
    Config config =
        truncated(TinyRun.config(folder, 29))
            .without("privacy.target_epsilon")
            .with("privacy.noise_multiplier", 2);
    Path data = folder.resolve("train.jsonl");
    List<String> rows = new ArrayList<>(Files.readAllLines(data));
    rows.add(rows.get(0));
    Files.write(data, rows);
    List<Integer> sizes = new ArrayList<>();
    DPFinetuningRecipe.of(config)
        .run(
            new FinetuneListener() {
              @Override
              public void step(StepReport report) {
                sizes.add(report.batchSize());
              }
            });
    assertThat(sizes).hasSize(4).allMatch(size -> size <= LIMIT);
    Path run = folder.resolve("run");
    JsonNode statement = new ObjectMapper().readTree(run.resolve("privacy.json").toFile());
    assertThat(statement.path("sampler").asText()).isEqualTo("truncated-poisson");
    assertThat(statement.path("units").asInt()).isEqualTo(30);
    assertThat(statement.path("largest_batch").asInt()).isEqualTo(LIMIT);
    double epsilon =
        new PldAccountant(Neighbors.of(Adjacency.REPLACE_ONE))
            .epsilon(
                new PrivacyEvent(new Subsampling.TruncatedPoisson(0.4, 30, LIMIT), 2, 4), 1e-4);
    assertThat(statement.path("epsilon").asDouble()).isCloseTo(epsilon, within(1e-9));
    assertThat(statement.path("epsilon_is").asText()).isEqualTo("epsilon_replace_one_pld_upper");
    assertThat(statement.has("epsilon_pld_upper")).isFalse();
    assertThat(run.resolve("privacy.txt")).content().contains("of more than 10 a random part");
    RunVerification verified = RunVerification.of(run, Optional.empty());
    assertThat(verified.holds()).as(verified.toText()).isTrue();
    Path file = run.resolve("privacy.json");
    Files.writeString(
        file, Files.readString(file).replace("\"largest_batch\": 10", "\"largest_batch\": 30"));
    assertThat(RunVerification.of(run, Optional.empty()).toText())
        .contains("largest_batch: privacy.json says 30, the ledger's header 10");
  }

  @Test
  void aTestRunThatGoesOnEndsWithTheSameBytes() throws IOException {
    Config config = truncated(TinyRun.repeatable(folder, 30)).with("save_every_n_grad_steps", 2);
    TinyRun.run(config);
    byte[] whole = Files.readAllBytes(folder.resolve("run/adapter_model.safetensors"));
    Config again = config.with("saving_dir", folder.resolve("again").toString());
    TinyRun.runTo(again, 2);
    TinyRun.run(again);
    assertThat(folder.resolve("again/adapter_model.safetensors")).hasBinaryContent(whole);
  }

  /**
   * Ganesh et al.'s accountant: six deviations above the mean cost nothing, the mean itself much.
   */
  @Test
  void aPlanSaysWhatTheLimitCosts() throws IOException {
    Config config =
        truncated(TinyRun.config(folder, 30))
            .without("privacy.target_epsilon")
            .with("privacy.noise_multiplier", 2)
            .with("batch_size", 100);
    double free =
        planned(config.with("privacy.sampler", "poisson").without("privacy.largest_batch"));
    assertThat(planned(config.without("privacy.largest_batch"))).isCloseTo(free, within(1e-3));
    assertThat(planned(config.with("privacy.largest_batch", 100))).isGreaterThan(1.5 * free);
    assertThat(DPFinetuningRecipe.of(config).plan(2000).toText())
        .contains("of a batch above 10 rows a random part of that size is kept");
  }

  private static double planned(Config config) {
    return DPFinetuningRecipe.of(config).plan(2000).epsilon();
  }

  @Test
  void whatDoesNotGoWithALimitIsRefusedWithItsCure() throws IOException {
    Config config = truncated(TinyRun.config(folder, 30));
    assertRefused(config.with("privacy.public_units", 30), "give privacy.size: public");
    assertRefused(config.with("dataset.held_out_fraction", 0.1), "give held_out_fraction: 0");
    assertRefused(config.with("privacy.rows_per_user", 2), "leave these out");
    assertRefused(config.with("privacy.noise.mechanism", "banded"), "leave these out");
    assertRefused(
        config
            .with("privacy.registry", folder.resolve("registry").toString())
            .with("privacy.total_epsilon", 9),
        "leave registry and selection out");
    assertRefused(config.with("privacy.sampler", "poisson"), "is for sampler: truncated_poisson");
    assertThatThrownBy(() -> DPFinetuningRecipe.of(config).audited(20))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("audit with sampler: poisson")
        .hasMessageNotContaining("\n");
    Map<String, List<String>> grid = Map.of("learning_rate", List.of("0.1", "0.2"));
    assertThatThrownBy(
            () -> TuneRecipe.of(config, grid, new RandomStopping(RandomStopping.Rule.POISSON, 8)))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("take poisson, which tune needs too")
        .hasMessageNotContaining("\n");
  }

  private static void assertRefused(Config config, String cure) {
    assertThatThrownBy(() -> DPFinetuningRecipe.of(config))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(cure)
        .hasMessageNotContaining("\n");
  }
}
