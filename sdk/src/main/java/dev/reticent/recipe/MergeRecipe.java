package dev.reticent.recipe;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Dtype;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.MergedModel;
import dev.reticent.lora.PeftFolder;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.Progress;
import dev.reticent.run.PublishedStatement;
import dev.reticent.run.WholeFolder;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * A run's adapter merged into its base model, as a folder that Python transformers loads.
 *
 * <p>Merging is post-processing: it costs no privacy budget, and the run's privacy statement goes
 * along. A run that trained all weights is written in another type.
 */
public final class MergeRecipe {
  private static final long SHARD_BYTES = 5_000_000_000L;

  private static final Progress UNTOLD = (what, done, total) -> {};

  private MergeRecipe() {}

  /**
   * Merges the run of a config.
   *
   * @throws UserInputException when there is no run, or no room for the result
   */
  public static void run(Config config, Path output, Dtype dtype) {
    run(config, output, dtype, UNTOLD);
  }

  /** Merges the run of a config, telling how far it is. */
  public static void run(Config config, Path output, Dtype dtype, Progress progress) {
    FinetuneConfig settings = FinetuneConfig.of(config);
    Path run = settings.savingDir();
    if (!PeftFolder.isAdapter(run) && !Files.isRegularFile(run.resolve("config.json"))) {
      throw new UserInputException(
          "saving_dir: " + run + " holds no finished run; fine-tune first.");
    }
    merge(
        PeftFolder.isAdapter(run) ? settings.model().folder() : run,
        run,
        output,
        dtype,
        SHARD_BYTES,
        progress);
  }

  /**
   * Merges a run's folder, which says its base model itself.
   *
   * @param base the base model's folder, where it is not the one the run names
   */
  public static void run(Path run, Optional<Path> base, Path output, Dtype dtype) {
    run(run, base, output, dtype, UNTOLD);
  }

  /**
   * Merges a run's folder, telling how far it is.
   *
   * @param base the base model's folder, where it is not the one the run names
   */
  public static void run(
      Path run, Optional<Path> base, Path output, Dtype dtype, Progress progress) {
    merge(base.orElseGet(() -> base(run)), run, output, dtype, SHARD_BYTES, progress);
  }

  private static final List<RunFile> STATED =
      List.of(RunFile.STATEMENT, RunFile.STATEMENT_TEXT, RunFile.LABEL, RunFile.TRADE_OFF);

  private static Path base(Path run) {
    return LoadedModel.isWholeModel(run) ? run : LoadedModel.ofRun("--base", run).folder();
  }

  static void merge(
      Path base, Path run, Path output, Dtype dtype, long shardBytes, Progress progress) {
    try {
      if (Files.exists(output)) {
        throw new UserInputException("--output: " + output + " is there already; name a new one.");
      }
      WholeFolder.make(
          output, partial -> fill(partial.path(), base, run, dtype, shardBytes, progress));
    } catch (IOException e) {
      throw new UncheckedIOException("the merged model cannot be written to " + output, e);
    }
  }

  private static void fill(
      Path folder, Path base, Path run, Dtype dtype, long shardBytes, Progress progress)
      throws IOException {
    Optional<Adapter> adapter =
        PeftFolder.isAdapter(run)
            ? Optional.of(PeftFolder.read(run, ModelConfig.read(base)))
            : Optional.empty();
    PublishedStatement.of(run); // refuses what must not go along
    new MergedModel(base, adapter, dtype)
        .write(
            folder,
            shardBytes,
            (written, of) -> progress.progressed("writing the weights", written, of));
    for (RunFile file : STATED) {
      String name = file.place();
      if (Files.isRegularFile(run.resolve(name))) {
        Files.copy(run.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
