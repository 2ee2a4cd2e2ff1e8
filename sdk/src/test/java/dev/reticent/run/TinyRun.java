package dev.reticent.run;

import dev.reticent.config.Config;
import dev.reticent.data.DatasetReading;
import dev.reticent.data.ReadOptions;
import dev.reticent.data.Sample;
import dev.reticent.data.SampleType;
import dev.reticent.model.Golden;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.training.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Configs of seconds: a tiny random Mistral that learns to say yes. */
public final class TinyRun {

  private TinyRun() {}

  public static Config config(Path folder, int rows) throws IOException {
    Path data = folder.resolve("train.jsonl");
    Files.write(
        data,
        IntStream.range(0, rows)
            .mapToObj("{\"question\": \"number %d?\", \"answer\": \"yes\"}"::formatted)
            .toList());
    return Config.empty()
        .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
        .with("lora.lora_attn_modules", List.of("q_proj", "v_proj"))
        .with("lora.lora_rank", 4)
        .with("dataset.train_file", data.toString())
        .with("dataset.held_out_fraction", 0.1)
        .with("privacy.target_epsilon", 8)
        .with("privacy.delta", 1e-4)
        .with("l2_norm_clip", 1.0)
        .with("physical_batch_size", 8)
        .with("batch_size", 24)
        .with("max_steps", 6)
        .with("learning_rate", 0.05)
        .with("lr_scheduler.name", "constant")
        .with("saving_dir", folder.resolve("run").toString());
  }

  /** One whose noise is the same whenever it is run, so that results can be compared by bytes. */
  public static Config repeatable(Path folder, int rows) throws IOException {
    return config(folder, rows)
        .with("privacy.secure", false)
        .without("privacy.target_epsilon")
        .with("noise_multiplier", 1);
  }

  public static FinetuneResult run(Config config) {
    return DPFinetuningRecipe.of(config).run(new FinetuneListener() {});
  }

  /** Gives another run the canaries of one that was audited, if it was; coins differ otherwise. */
  public static void sameCanaries(Path run, Path other) throws IOException {
    Path canaries = new RunFolder(run).file(RunFile.LOCAL_CANARIES);
    if (Files.exists(canaries)) {
      Path copy = new RunFolder(other).file(RunFile.LOCAL_CANARIES);
      Files.createDirectories(copy.getParent());
      Files.copy(canaries, copy);
    }
  }

  /** Runs until so many steps are done. */
  public static FinetuneResult runTo(Config config, int step) {
    return DPFinetuningRecipe.of(config).run(until(step));
  }

  /** Asks for a stop when so many steps are done. */
  static FinetuneListener until(int step) {
    return new FinetuneListener() {
      private int done;

      @Override
      public void step(StepReport report) {
        done = report.step();
      }

      @Override
      public boolean stopRequested() {
        return done >= step;
      }
    };
  }

  /**
   * A row like no other that comes last among these in the order in which a run draws them,
   * whatever its answer begins with: so a run with it, one without it and one with another such row
   * draw the others alike from the same key.
   */
  public static String lastRow(List<String> rows, String answer, long seed) {
    ReadOptions options = ReadOptions.of(SampleType.INSTRUCT);
    for (int i = 0; ; i++) {
      String row = "{\"question\": \"who?\", \"answer\": \"%s %d\"}".formatted(answer, i);
      List<String> all = Stream.concat(rows.stream(), Stream.of(row)).toList();
      List<Sample> samples =
          DatasetReading.of("rows", all.iterator(), options).dataset().ordered(seed).samples();
      if (samples.get(samples.size() - 1).toString().contains(answer)) {
        return row;
      }
    }
  }
}
