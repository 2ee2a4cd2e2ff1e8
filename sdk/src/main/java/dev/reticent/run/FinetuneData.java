package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.data.Dataset;
import dev.reticent.data.DatasetReading;
import dev.reticent.data.ExampleTokenizer;
import dev.reticent.data.ReadOptions;
import dev.reticent.data.Tables;
import dev.reticent.data.TokenizedData;
import dev.reticent.data.TokenizedExample;
import dev.reticent.quickstart.QuickstartQuestions;
import dev.reticent.settings.DatasetSettings;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * The examples of a run.
 *
 * @param units training examples by privacy unit
 * @param training all training examples
 * @param heldOut examples to evaluate on
 * @param size how many units are trained on as anyone may reckon who knows how many the training
 *     file has: what is told where the size is public. Which are held out, repeat others or cannot
 *     be used is a matter of what the rows say, and so is how many are left
 * @param digests of all rows of the training file, before any are held out or left out: runs with
 *     another split, cap, unit or other fields are runs on the same data
 * @param canaries what is beside the rows to audit the run; those included are among the examples
 *     and units, and no figure counts them
 */
@Internal
public record FinetuneData(
    List<List<TokenizedExample>> units,
    List<TokenizedExample> training,
    List<TokenizedExample> heldOut,
    int size,
    List<String> digests,
    List<Canary> canaries) {

  /**
   * This data with an audit's canaries beside the rows; as it is where there are none.
   *
   * @throws UserInputException when the run in the folder has others
   */
  public FinetuneData withCanaries(AuditOptions options, BaseModel model, RunFolder folder)
      throws IOException {
    return Canaries.among(this, options, model, folder);
  }

  /** This data with canaries beside the rows, each a unit of its own. */
  FinetuneData with(List<Canary> more) {
    List<List<TokenizedExample>> allUnits = new ArrayList<>(units);
    List<TokenizedExample> all = new ArrayList<>(training);
    for (Canary canary : more) {
      if (canary.included()) {
        allUnits.add(List.of(canary.example()));
        all.add(canary.example());
      }
    }
    return new FinetuneData(allUnits, all, heldOut, size, digests, List.copyOf(more));
  }

  /**
   * @param folder where the embedded questions are written, when they are used
   */
  public static FinetuneData read(
      FinetuneConfig config, BaseModel model, Path folder, FinetuneListener listener) {
    return read(config, model, folder, Tables.NONE, listener);
  }

  /**
   * Reads the data of a config where there may be tables.
   *
   * @param tables what {@code dataset.table} is a name in
   */
  public static FinetuneData read(
      FinetuneConfig config,
      BaseModel model,
      Path folder,
      Tables tables,
      FinetuneListener listener) {
    listener.phase("reading the data");
    Rows rows = rows(config, folder, tables, listener::notice, listener);
    writeProvenance(config, folder, tables, listener);
    Dataset training = rows.training();
    Dataset.Duplicates duplicates = training.duplicates();
    if (duplicates.rows() > 0) {
      listener.notice(
          "%d rows repeat another row exactly, %d of them a row of another privacy unit"
              .formatted(duplicates.rows(), duplicates.rowsAcrossUnits()));
    }
    if (model.tokenizer().endIds().length == 0) {
      listener.notice(
          "warning: no file of the model names an end token (eos_token in tokenizer_config.json or"
              + " special_tokens_map.json, eos_token_id in config.json or generation_config.json):"
              + " the model learns no end to its answers");
    }
    listener.phase("tokenizing the rows");
    ExampleTokenizer tokenizer = new ExampleTokenizer(model.format(), config.dataset().maxTokens());
    TokenizedData tokenized =
        tokenizer.tokenize(
            training,
            config.dataset().badRows(),
            done -> listener.progressed("tokenizing the rows", done, training.size()));
    listener.notice("training data: " + tokenized.summary());
    if (tokenized.examples().isEmpty()) {
      throw new UserInputException(
          "dataset: no training example is left; raise dataset.max_length or check the file.");
    }
    List<TokenizedExample> evaluation =
        rows.heldOut()
            .map(data -> tokenizer.tokenize(data, config.dataset().badRows()).examples())
            .orElse(List.of());
    return new FinetuneData(
        byUnit(tokenized.examples()),
        tokenized.examples(),
        evaluation,
        rows.size(),
        rows.digests(),
        List.of());
  }

  private static void writeProvenance(
      FinetuneConfig config, Path folder, Tables tables, FinetuneListener listener) {
    try {
      TableProvenance.write(config.dataset(), tables, folder, listener::notice);
    } catch (IOException e) {
      throw new UncheckedIOException("what was read cannot be noted", e);
    }
  }

  /** The examples to evaluate on by privacy unit. */
  List<List<TokenizedExample>> heldOutUnits() {
    return byUnit(heldOut);
  }

  private static List<List<TokenizedExample>> byUnit(List<TokenizedExample> examples) {
    Map<String, List<TokenizedExample>> units = new LinkedHashMap<>();
    for (TokenizedExample example : examples) {
      units.computeIfAbsent(example.unit(), unit -> new ArrayList<>()).add(example);
    }
    return List.copyOf(units.values());
  }

  /** Rows before they are tokens. */
  private record Rows(
      Dataset training, Optional<Dataset> heldOut, int size, List<String> digests) {}

  private static Rows rows(
      FinetuneConfig config,
      Path folder,
      Tables tables,
      Consumer<String> notices,
      Progress progress) {
    IntConsumer read = done -> progress.progressed("reading the data", done, 0);
    DatasetSettings settings = config.dataset();
    ReadOptions options = settings.reading(config.sampleType());
    DatasetReading whole =
        settings
            .table()
            .map(table -> DatasetReading.of(table, tables.rows(table), options, read))
            .orElseGet(
                () ->
                    DatasetReading.of(
                        settings.trainFile().orElseGet(() -> embedded(folder)), options, read));
    notices.accept(whole.summary());
    Dataset all = whole.dataset().ordered(config.seed());
    Dataset training = all;
    Optional<Dataset> heldOut = heldOut(settings, options, tables, notices);
    double size = whole.units();
    if (heldOut.isEmpty() && settings.heldOutFraction() > 0) {
      Dataset.Split split = all.split(settings.heldOutFraction(), config.seed());
      training = split.training();
      heldOut = Optional.of(split.heldOut());
      size *= 1 - settings.heldOutFraction();
    }
    return new Rows(
        training.capped(settings.rowsPerUnit(), config.seed()),
        heldOut,
        (int) Math.max(1, Math.round(size)),
        whole.digests());
  }

  private static Optional<Dataset> heldOut(
      DatasetSettings settings, ReadOptions options, Tables tables, Consumer<String> notices) {
    Optional<DatasetReading> reading =
        settings
            .evalTable()
            .map(table -> DatasetReading.of(table, tables.rows(table), options))
            .or(() -> settings.evalFile().map(file -> DatasetReading.of(file, options)));
    reading.ifPresent(r -> notices.accept(r.summary()));
    return reading.map(DatasetReading::dataset);
  }

  /** How many privacy units are trained on, as far as may be told: the {@code size}. */
  public static int countUnits(FinetuneConfig config, Progress progress) {
    return inScratch(scratch -> rows(config, scratch, Tables.NONE, notice -> {}, progress).size());
  }

  /** What comes of a folder that is there meanwhile, for the embedded questions. */
  public static <T> T inScratch(Function<Path, T> work) {
    try {
      Path scratch = Files.createTempDirectory("reticent-data");
      Path data = scratch.resolve("data");
      Path rows = data.resolve("train.jsonl");
      List<Path> outermostFirst = List.of(scratch, data, rows);
      // Ctrl-C ends the process before the lines below; files go in the reverse of this order.
      outermostFirst.forEach(path -> path.toFile().deleteOnExit());
      try {
        return work.apply(scratch);
      } finally {
        Files.deleteIfExists(rows);
        Files.deleteIfExists(data);
        Files.delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the rows cannot be read", e);
    }
  }

  /** The embedded questions, written where the user can look at them. */
  private static Path embedded(Path folder) {
    Path file = folder.resolve("data").resolve("train.jsonl");
    try {
      Files.createDirectories(folder.resolve("data"));
      QuickstartQuestions.write(file, QuickstartQuestions.training(QuickstartData.TRAINING));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded questions cannot be written", e);
    }
  }
}
