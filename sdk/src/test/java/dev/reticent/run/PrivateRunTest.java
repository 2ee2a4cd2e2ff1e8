package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.training.StepReport;
import dev.reticent.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a private run does at its edges: odd data, interrupts, resumes, budgets of many runs. */
class PrivateRunTest {

  @TempDir Path folder;

  private Path run() {
    return folder.resolve("run");
  }

  private int charged() throws IOException {
    return (int)
        Files.readAllLines(run().resolve("ledger.jsonl")).stream()
            .filter(line -> line.contains("\"kind\":\"step\""))
            .count();
  }

  private static List<String> notices(Config config) {
    List<String> notices = new ArrayList<>();
    DPFinetuningRecipe.of(config)
        .run(
            new FinetuneListener() {
              @Override
              public void notice(String message) {
                notices.add(message);
              }
            });
    return notices;
  }

  private static List<StepReport> reports(Config config) {
    List<StepReport> reports = new ArrayList<>();
    DPFinetuningRecipe.of(config)
        .run(
            new FinetuneListener() {
              @Override
              public void step(StepReport report) {
                reports.add(report);
              }
            });
    return reports;
  }

  @Test
  void emptyBatchesAreStepsOfPureNoise() throws IOException {
    Config config =
        TinyRun.config(folder, 20)
            .with("sampling_rate", 1e-9)
            .with("noise_multiplier", 1)
            .with("max_steps", 3);
    List<StepReport> reports = reports(config);
    assertThat(reports).hasSize(3);
    for (StepReport report : reports) {
      assertThat(report.batchSize()).isZero();
      assertThat(report.loss()).isNaN();
      assertThat(report.gradientNorm()).isPositive().isFinite();
    }
    assertThat(charged()).isEqualTo(3);
  }

  @Test
  void oneRowAndABatchOfOneAreTrainedOnLikeAnyOther() throws IOException {
    Config config =
        TinyRun.config(folder, 1)
            .with("dataset.held_out_fraction", 0)
            .with("batch_size", 1)
            .with("physical_batch_size", 1)
            .with("max_steps", 2);
    List<StepReport> reports = reports(config);
    assertThat(reports).hasSize(2).allSatisfy(r -> assertThat(r.batchSize()).isEqualTo(1));
    JsonNode json = new ObjectMapper().readTree(run().resolve("privacy.json").toFile());
    assertThat(json.get("epsilon").asDouble()).isLessThanOrEqualTo(8).isGreaterThan(7.9);
    assertThat(json.get("sampling_rate").asDouble()).isEqualTo(1);
    assertThat(json.get("epsilon_is").asText()).isEqualTo("epsilon_replace_one_pld_upper");
    assertThat(json.get("delta_above_one_over_n").asBoolean()).isFalse();
  }

  @Test
  void whatCannotBeReachedOrIsOddIsSaidInOneLine() throws IOException {
    Config config = TinyRun.config(folder, 20);
    assertThatThrownBy(
            () ->
                TinyRun.run(
                    config
                        .with("privacy.target_epsilon", 1e-9)
                        .with("privacy.delta", 1e-12)
                        .with("privacy.accountant", "rdp")))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("privacy.target_epsilon: no noise multiplier");
    assertThat(DPFinetuningRecipe.of(config.with("batch_size", 100)).plan(20).toText())
        .contains("batch_size 100 is more than there are units");
    assertThatThrownBy(() -> DPFinetuningRecipe.of(config.with("privacy.size", "private")))
        .hasMessageContaining("privacy.public_units");
    FinetunePlan rounded = DPFinetuningRecipe.of(config.with("privacy.public_units", 48)).plan(20);
    assertThat(rounded.samplingRate()).isEqualTo(0.5);
    assertThat(rounded.sizeIsPublic()).isFalse();
    // What is held against the budget is what is quoted: the cheaper bound where it is true alone.
    FinetunePlan told = DPFinetuningRecipe.of(config).plan(48);
    assertThat(told.samplingRate()).isEqualTo(rounded.samplingRate());
    assertThat(told.adjacency()).isEqualTo(Adjacency.REPLACE_ONE);
    assertThat(rounded.adjacency()).isEqualTo(Adjacency.ADD_OR_REMOVE_ONE);
    assertThat(told.noiseMultiplier()).isGreaterThan(1.3 * rounded.noiseMultiplier());
  }

  @Test
  void rowsCutToNothingAreLeftOutAndIfAllAreTheRunIsRefused() throws IOException {
    Config config = TinyRun.config(folder, 20).with("max_steps", 1);
    assertThatThrownBy(() -> TinyRun.run(config.with("dataset.max_length", 2)))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("raise the maximum length");
    assertThat(run().resolve("ledger.jsonl")).doesNotExist();
    String longer =
        "{\"question\": \"%s?\", \"answer\": \"yes\"}%n".formatted("number ".repeat(90));
    Files.writeString(folder.resolve("train.jsonl"), longer, StandardOpenOption.APPEND);
    assertThat(notices(config.with("dataset.max_length", 60)).toString()).contains("1 left out");
  }

  @Test
  void aUnitOfManyRowsGivesOneAStepAndTheStatementSaysSo() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      rows.add(
          "{\"question\": \"number %d?\", \"answer\": \"yes\", \"who\": \"p%d\"}"
              .formatted(i, i % 3));
    }
    Config config = TinyRun.config(folder, 1);
    Files.write(folder.resolve("train.jsonl"), rows);
    Config byPerson =
        config
            .with("dataset.privacy_unit", "who")
            .with("dataset.rows_per_unit", 5)
            .with("dataset.held_out_fraction", 0)
            .with("batch_size", 3)
            .with("max_steps", 2);
    assertThat(reports(byPerson)).allSatisfy(r -> assertThat(r.batchSize()).isEqualTo(3));
    assertThat(Files.readString(run().resolve("privacy.txt")))
        .contains("all rows with the same who", "A unit gives one row a step");
  }

  @Test
  void bestAdapterByPublicRowsIsTheOneThatIsKept() throws IOException {
    Config config =
        TinyRun.config(folder, 60)
            .with("dataset.evaluation", "public")
            .with("keep_best", true)
            .with("eval_every_n_grad_steps", 1)
            .with("learning_rate", 1.0);
    Map<Integer, Double> losses = new LinkedHashMap<>();
    FinetuneResult result =
        DPFinetuningRecipe.of(config)
            .run(
                new FinetuneListener() {
                  @Override
                  public void evaluated(int step, double loss) {
                    losses.put(step, loss);
                  }
                });
    losses.remove(0);
    int best = losses.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
    assertThat(losses).hasSize(6);
    assertThat(result.adapterStep()).isEqualTo(best);
    assertThat(result.lossAfter()).isEqualTo(losses.get(best));
  }

  /** A real interrupt, in the middle of a step; nothing is charged twice and nothing is lost. */
  @Test
  void anInterruptEndsTheRunAtTheNextStepAndItGoesOnFromThere() throws IOException {
    Config config = TinyRun.config(folder, 60);
    FinetuneResult first =
        DPFinetuningRecipe.of(config)
            .run(
                new FinetuneListener() {
                  @Override
                  public void step(StepReport report) {
                    if (report.step() == 2) {
                      Thread.currentThread().interrupt();
                    }
                  }
                });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(first.outcome()).isEqualTo(Trainer.Outcome.INTERRUPTED);
    assertThat(first.steps()).isEqualTo(2);
    assertThat(first.next()).contains("2 of 6 steps", "Run the same config again");
    assertThat(first.lossAfter()).isNaN();
    assertThat(charged()).isEqualTo(2);
    FinetuneResult second = TinyRun.run(config);
    assertThat(second.steps()).isEqualTo(6);
    assertThat(charged()).isEqualTo(6);
    assertThat(second.epsilon()).isGreaterThan(first.epsilon()).isLessThanOrEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flat", "per_layer", "automatic", "adaptive"})
  void aRunInTwoPartsIsTheRunInOne(String clipping) throws IOException {
    Config config =
        TinyRun.config(folder, 60)
            .with("privacy.secure", false)
            .with("privacy.clipping", clipping)
            .with("privacy.loss_curve", 0.1)
            .with("max_steps", 4);
    List<Double> thresholds = new ArrayList<>();
    for (StepReport report :
        reports(config.with("saving_dir", folder.resolve("whole").toString()))) {
      assertThat(report.curve()).isPresent();
      thresholds.add(report.clipThreshold());
    }
    assertThat(thresholds.stream().distinct().count())
        .isEqualTo(clipping.equals("adaptive") ? 4 : 1);
    TinyRun.runTo(config, 2);
    TinyRun.run(config);
    assertThat(Files.readAllBytes(run().resolve("adapter_model.safetensors")))
        .isEqualTo(
            Files.readAllBytes(folder.resolve("whole").resolve("adapter_model.safetensors")));
  }

  /** The estimate that may be shown is the loss that may not, plus noise of the stated size. */
  @Test
  void privateLossCurveFollowsTheLossWithinItsNoise() throws IOException {
    Config config =
        TinyRun.config(folder, 200)
            .with("dataset.held_out_fraction", 0)
            .without("privacy.target_epsilon")
            .with("noise_multiplier", 0.5)
            .with("sampling_rate", 1)
            .with("batch_size", 200)
            .with("privacy.loss_curve", 0.2)
            .with("privacy.loss_bound", 10);
    List<StepReport> reports = reports(config);
    for (StepReport report : reports) {
      var estimate = report.curve().orElseThrow();
      assertThat(estimate.lossDeviation()).isBetween(0.05, 0.08);
      assertThat(Math.abs(estimate.loss() - report.loss()))
          .isLessThan(5 * estimate.lossDeviation());
      assertThat(Math.abs(estimate.clippedFraction() - report.clippedFraction()))
          .isLessThan(5 * estimate.clippedDeviation());
    }
    assertThat(Files.readString(run().resolve("privacy.txt"))).contains("4.3 % more noise");
  }

  @Test
  void budgetOfAllRunsOnTheSameDataIsKept() throws IOException {
    Config config =
        TinyRun.config(folder, 60)
            .with("privacy.registry", folder.resolve("registry").toString())
            .with("privacy.total_epsilon", 9)
            .with("max_steps", 2);
    TinyRun.run(config);
    Config second = config.with("saving_dir", folder.resolve("second").toString()).with("seed", 5);
    assertThatThrownBy(() -> TinyRun.run(second))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("total budget");
    List<String> notices = notices(second.with("privacy.registry_policy", "warn"));
    assertThat(notices.toString()).contains("all 2 runs on this data together");
    // Which runs share rows is computed from the rows, so the statement is silent of it.
    assertThat(Files.readString(folder.resolve("second/privacy.txt"))).doesNotContain("all 2 runs");
    // A run whose folder was deleted is not forgotten: it would be a third.
    Files.delete(run().resolve("ledger.jsonl"));
    assertThatThrownBy(
            () -> TinyRun.run(config.with("saving_dir", folder.resolve("third").toString())))
        .hasMessageContaining("all 3 runs");
  }

  /** Copied after 2 of 4 steps and finished twice, 6 steps are released; 4 is what each states. */
  @Test
  void aCopyOfARunThatWentOnIsRefusedOrCounted() throws IOException {
    Config config =
        TinyRun.config(folder, 60)
            .with("privacy.registry", folder.resolve("registry").toString())
            .with("privacy.total_epsilon", 9)
            .with("max_steps", 4);
    TinyRun.runTo(config, 2);
    Path copy = folder.resolve("copy");
    copy(run(), copy);
    TinyRun.run(config);
    Config copied = config.with("saving_dir", copy.toString());
    assertThatThrownBy(() -> TinyRun.run(copied))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("went on in another copy");
    assertThat(notices(copied.with("privacy.registry_policy", "warn")).toString())
        .contains("all 2 runs on this data", "fork");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void aCheckpointDoesNotGoOnWithoutItsLedgerAndATornLineIsMended() throws IOException {
    Config config = TinyRun.config(folder, 60).with("max_steps", 3);
    FinetuneResult first = TinyRun.runTo(config, 2);
    Path ledger = run().resolve("ledger.jsonl");
    byte[] whole = Files.readAllBytes(ledger);
    Files.delete(ledger);
    assertThatThrownBy(() -> TinyRun.run(config))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("steps that this ledger does not have");
    Files.write(ledger, whole);
    Files.writeString(ledger, "{\"kind\":\"step\",\"st", StandardOpenOption.APPEND);
    FinetuneResult second = TinyRun.run(config);
    assertThat(second.epsilon()).isGreaterThan(first.epsilon());
    assertThat(charged()).isEqualTo(3);
  }
}
