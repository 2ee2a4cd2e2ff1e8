package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that get their work as bytes train the same model as threads of one process. */
class RemoteModelTest {

  @TempDir Path folder;

  /** Two machines; each job comes twice, as from a cluster that lost the first answer. */
  private static final class Machines implements Crew {
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void workThatCrossesAsBytesTrainsTheSameModelForWhoeverHasNoWeights(boolean isPrivate)
      throws IOException {
    Config config =
        TinyRun.repeatable(folder, 60)
            .with("privacy.enabled", isPrivate)
            .with("privacy.sampler", isPrivate ? "truncated_poisson" : "poisson")
            .with("dataset.eval_file", folder.resolve("train.jsonl").toString())
            .with("privacy.loss_curve", 0.1)
            .with("lora.lora_dropout", 0.2)
            .with("max_steps", 3);
    FinetuneResult here = TinyRun.run(config.with("saving_dir", folder.resolve("here").toString()));
    String model = "foundation_model_name";
    Path full = FinetuneConfig.of(config).model().folder();
    FinetuneResult there =
        DPFinetuningRecipe.of(
                config
                    .with("saving_dir", folder.resolve("there").toString())
                    .with(model, withoutWeights(full).toString()))
            .run(
                new FinetuneListener() {},
                (settings, trainable, rowsAtOnce) ->
                    new Machines(settings.with(model, full.toString()), trainable, rowsAtOnce));
    assertThat(there.lossAfter()).isEqualTo(here.lossAfter());
    String adapter = "adapter_model.safetensors";
    assertThat(Files.readAllBytes(there.folder().resolve(adapter)))
        .isEqualTo(Files.readAllBytes(here.folder().resolve(adapter)));
  }
}
