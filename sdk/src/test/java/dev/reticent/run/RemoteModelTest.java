package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.Crew;
import dev.reticent.training.Job;
import dev.reticent.training.Row;
import dev.reticent.training.Trainable;
import dev.reticent.training.Work;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that get their work as bytes train the same model as threads of one process. */
class RemoteModelTest {

  private static final String ADAPTER = "adapter_model.safetensors";
  private static final String MODEL = "foundation_model_name";

  @TempDir Path folder;

  /** Two machines; each job comes twice, as from a cluster that lost the first answer. */
  private static class Machines implements Crew {
    private final List<RemoteModel> models;
    private final Trainable trainable;
    private final int rowsAtOnce;
    private int version;

    Machines(Config settings, Trainable trainable, int rowsAtOnce) {
      this.models = List.of(RemoteModel.open(settings, 1), RemoteModel.open(settings, 1));
      this.trainable = trainable;
      this.rowsAtOnce = rowsAtOnce;
    }

    @Override
    public int rowsAtOnce() {
      return rowsAtOnce;
    }

    @Override
    public <R extends Serializable> List<Part<R>> run(Work<R> work, List<List<Row>> microBatches) {
      List<Part<R>> parts = new ArrayList<>();
      String values = "" + version++;
      List<Job> jobs = Job.divide(work, microBatches, 3);
      for (int i = 0; i < jobs.size(); i++) {
        byte[] job = jobs.get(i).toBytes();
        models.get(0).run(values, trainable.values(), job);
        byte[] answer = models.get(i % 2).run(values, trainable.values(), job);
        parts.addAll(Job.results(work, answer));
      }
      Collections.reverse(parts);
      return parts;
    }

    @Override
    public void close() {
      models.forEach(RemoteModel::close);
    }
  }

  /** What a machine has that directs a run: all files of the model but its weights. */
  private Path withoutWeights(Path model) throws IOException {
    Path directs = Files.createDirectory(folder.resolve("directs"));
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.filter(f -> !f.toString().endsWith(".safetensors")).toList()) {
        Files.copy(file, directs.resolve(file.getFileName()));
      }
    }
    return directs;
  }

  /** Machines that have the whole model. */
  private record Elsewhere(Path model) implements CrewFactory {
    @Override
    public Crew open(Config settings, Trainable trainable, int rowsAtOnce) {
      return new Machines(there(settings), trainable, rowsAtOnce);
    }

    @Override
    public float[] initial(Config settings) {
      return CrewFactory.super.initial(there(settings));
    }

    private Config there(Config settings) {
      return settings.with(MODEL, model.toString());
    }
  }

  private Config config() throws IOException {
    return TinyRun.repeatable(folder, 60).with("privacy.loss_curve", 0.1).with("max_steps", 3);
  }

  /** A run, and the same of a process without weights; both audited with so many canaries. */
  private void assertSame(Config config, int canaries, String... files) throws IOException {
    Path model = FinetuneConfig.of(config).model().folder();
    FinetuneResult here =
        recipe(config.with("saving_dir", folder.resolve("here").toString()), canaries)
            .run(new FinetuneListener() {});
    TinyRun.sameCanaries(folder.resolve("here"), folder.resolve("there"));
    FinetuneResult there =
        recipe(
                config
                    .with("saving_dir", folder.resolve("there").toString())
                    .with(MODEL, withoutWeights(model).toString()),
                canaries)
            .run(new FinetuneListener() {}, new Elsewhere(model));
    assertThat(there.lossAfter()).isEqualTo(here.lossAfter());
    for (String file : files) {
      assertThat(there.folder().resolve(file)).hasSameBinaryContentAs(here.folder().resolve(file));
    }
  }

  private static DPFinetuningRecipe recipe(Config config, int canaries) {
    DPFinetuningRecipe recipe = DPFinetuningRecipe.of(config);
    return canaries == 0 ? recipe : recipe.audited(canaries);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void workThatCrossesAsBytesTrainsTheSameModelForWhoeverHasNoWeights(boolean isPrivate)
      throws IOException {
    assertSame(
        config().with("privacy.enabled", isPrivate).with("lora.lora_dropout", 0.2), 0, ADAPTER);
  }

  /** Rows that repeat others leave places empty, and what is left of a batch is the director's. */
  @Test
  void batchesWithALimitAreTheSameForWhoeverComputesThem() throws IOException {
    Config config =
        config()
            .with("privacy.sampler", "truncated_poisson")
            .with("privacy.largest_batch", 12)
            .with("dataset.eval_file", folder.resolve("eval.jsonl").toString())
            .with("max_steps", 2);
    Path rows = folder.resolve("train.jsonl");
    List<String> few = Files.readAllLines(rows).subList(0, 4);
    Files.write(folder.resolve("eval.jsonl"), few);
    Files.write(rows, few, StandardOpenOption.APPEND);
    assertSame(config, 0, ADAPTER);
  }

  /** As from a cluster that takes both answers of a task that ran twice. */
  @Test
  void aPartThatComesTwiceIsRefusedBeforeTheStepIsCharged() throws IOException {
    Config config = config();
    CrewFactory twice =
        (settings, trainable, rowsAtOnce) ->
            new Machines(settings, trainable, rowsAtOnce) {
              @Override
              public <R extends Serializable> List<Part<R>> run(
                  Work<R> work, List<List<Row>> microBatches) {
                List<Part<R>> parts = super.run(work, microBatches);
                parts.addAll(super.run(work, microBatches).subList(0, 1));
                return parts;
              }
            };
    DPFinetuningRecipe recipe = recipe(config.with("dataset.held_out_fraction", 0), 0);
    assertThatThrownBy(() -> recipe.run(new FinetuneListener() {}, twice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was added already");
    assertThat(Files.readAllLines(folder.resolve("run").resolve("ledger.jsonl")))
        .as("the head alone")
        .hasSize(1);
  }

  @Test
  void whoeverHasNoWeightsBeginsDoraWithTheirNormsAndAuditsTheAdapter() throws IOException {
    assertSame(
        config().with("lora.use_dora", true).with("max_steps", 1), 20, ADAPTER, "audit.json");
  }
}
