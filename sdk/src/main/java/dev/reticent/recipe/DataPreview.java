package dev.reticent.recipe;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.Dataset;
import dev.reticent.data.DatasetReading;
import dev.reticent.data.ExampleTokenizer;
import dev.reticent.data.TokenizedData;
import dev.reticent.data.TokenizedExample;
import dev.reticent.run.Progress;
import dev.reticent.settings.DatasetSettings;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.ModelSettings;
import dev.reticent.text.ChatTemplate;
import dev.reticent.text.PromptFormat;
import dev.reticent.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a run would make of its training data: layout, lengths, what is learnt and what is cut.
 * Reads the model's tokenizer, not its weights. Shows private rows, so it is for this machine only.
 *
 * @param lengths tokens of each example, in ascending order, before any is cut
 * @param maxTokens to which examples are cut
 * @param cut how many examples are longer
 * @param lostTokens how many tokens they lose in all
 * @param leftOut how many lose all of their answer, and are left out
 * @param shown the first examples, as runs of tokens
 */
@SuppressWarnings("ArrayRecordComponent") // printed, never compared
public record DataPreview(
    DatasetReading reading,
    Dataset.Duplicates duplicates,
    int[] lengths,
    int maxTokens,
    int cut,
    long lostTokens,
    int leftOut,
    int turnsWithoutLoss,
    List<List<Run>> shown) {

  /**
   * Tokens that follow on each other and are treated alike.
   *
   * @param learnt whether their loss counts
   * @param cut whether they are beyond the maximum length
   */
  public record Run(String text, int tokens, boolean learnt, boolean cut) {}

  /**
   * @param config a fine-tuning config that names its data
   * @param rows how many examples are shown
   */
  public static DataPreview of(Config config, int rows) {
    return of(config, rows, (what, done, total) -> {});
  }

  /** A preview of so many rows, which tells how far reading and tokenizing have come. */
  public static DataPreview of(Config config, int rows, Progress progress) {
    FinetuneConfig settings = FinetuneConfig.of(config);
    DatasetSettings dataset = settings.dataset();
    Path file =
        dataset
            .trainFile()
            .orElseThrow(
                () ->
                    new UserInputException(
                        "dataset.train_file: missing; name the file to look at."));
    ModelSettings model = settings.model();
    // Both are looked for before either is refused, so that whoever mends one knows of the other.
    List<String> problems = new ArrayList<>();
    Optional<DatasetReading> read =
        tried(
            problems,
            () ->
                DatasetReading.of(
                    file,
                    dataset.reading(settings.sampleType()),
                    done -> progress.progressed("reading the data", done, 0)));
    Optional<Path> found = tried(problems, () -> model.tokenizerDir().orElseGet(model::folder));
    if (!problems.isEmpty()) {
      throw new UserInputException(String.join("\n", problems));
    }
    DatasetReading reading = read.orElseThrow();
    Path folder = found.orElseThrow();
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      PromptFormat format = new PromptFormat(tokenizer, ChatTemplate.find(folder));
      TokenizedData whole =
          new ExampleTokenizer(format, Integer.MAX_VALUE)
              .tokenize(
                  reading.dataset(),
                  dataset.badRows(),
                  done ->
                      progress.progressed("tokenizing the rows", done, reading.dataset().size()));
      return of(reading, tokenizer, whole, dataset.maxTokens(), rows);
    }
  }

  private static <T> Optional<T> tried(List<String> problems, Supplier<T> step) {
    try {
      return Optional.of(step.get());
    } catch (UserInputException e) {
      problems.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static DataPreview of(
      DatasetReading reading, Tokenizer tokenizer, TokenizedData whole, int maxTokens, int rows) {
    int cut = 0;
    int leftOut = whole.dropped().size();
    long lost = 0;
    for (TokenizedExample example : whole.examples()) {
      int beyond = example.ids().length - maxTokens;
      if (beyond > 0) {
        cut++;
        lost += beyond;
        leftOut += learnsNothing(example, maxTokens) ? 1 : 0;
      }
    }
    return new DataPreview(
        reading,
        reading.dataset().duplicates(),
        whole.examples().stream().mapToInt(e -> e.ids().length).sorted().toArray(),
        maxTokens,
        cut,
        lost,
        leftOut,
        whole.turnsWithoutLoss(),
        whole.examples().stream().limit(rows).map(e -> runs(tokenizer, e, maxTokens)).toList());
  }

  private static boolean learnsNothing(TokenizedExample example, int maxTokens) {
    for (int i = 0; i < maxTokens; i++) {
      if (example.lossMask()[i]) {
        return false;
      }
    }
    return true;
  }

  private static List<Run> runs(Tokenizer tokenizer, TokenizedExample example, int maxTokens) {
    int[] ids = example.ids();
    List<Run> runs = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= ids.length; i++) {
      if (i == ids.length || i == maxTokens || example.lossMask()[i] != example.lossMask()[start]) {
        String text = tokenizer.decode(Arrays.copyOfRange(ids, start, i), false);
        runs.add(new Run(text, i - start, example.lossMask()[start], start >= maxTokens));
        start = i;
      }
    }
    return runs;
  }

  /** The length that this share of examples does not exceed. */
  public int quantile(double share) {
    return lengths[(int) Math.min(lengths.length - 1L, Math.round(share * (lengths.length - 1)))];
  }
}
