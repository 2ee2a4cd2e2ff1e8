package dev.reticent.recipe;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.PromptRow;
import dev.reticent.data.SampleType;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.Progress;
import dev.reticent.run.TunedModel;
import dev.reticent.sampling.FinishReason;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.GenerationWriter;
import dev.reticent.sampling.Generator;
import dev.reticent.sampling.StopConditions;
import dev.reticent.settings.SampleConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Answers prompts with a base model or a fine-tuned one, as a config says.
 *
 * <p>A run's folder as {@code checkpoint_path} says its base model itself. Sampling is
 * post-processing of what training released: it costs no privacy budget.
 */
public final class SampleRecipe {

  private final SampleConfig config;

  private SampleRecipe(SampleConfig config) {
    this.config = config;
  }

  /**
   * The recipe of a config.
   *
   * @throws UserInputException naming every problem of the config with its place
   */
  public static SampleRecipe of(Config config) {
    return new SampleRecipe(SampleConfig.of(config));
  }

  /** A prompt and its answer. */
  public record Answer(String prompt, Generation generation) {}

  /**
   * Answers the config's prompts and writes them as JSONL and CSV.
   *
   * @return the answers in the order of the prompts
   */
  public List<Answer> run() {
    return run((what, done, total) -> {});
  }

  /** As {@link #run()}, which tells how many are answered. */
  public List<Answer> run(Progress progress) {
    List<PromptRow> prompts = prompts();
    progress.phase("loading the model");
    try (TunedModel model = TunedModel.open(config)) {
      return run(model, prompts, progress);
    }
  }

  /** As {@link #run(Progress)}, by a model that is loaded, whichever the config names. */
  public List<Answer> run(TunedModel model, Progress progress) {
    return run(model, prompts(), progress);
  }

  private List<PromptRow> prompts() {
    List<PromptRow> prompts = new ArrayList<>();
    config.prompts().forEach(prompt -> prompts.add(PromptRow.of(prompt)));
    config
        .inputFile()
        .ifPresent(file -> prompts.addAll(PromptRow.read(file, config.questionField())));
    if (prompts.isEmpty()) {
      throw new UserInputException(
          "prompts: there is nothing to answer; give prompts or an input_file.");
    }
    return prompts;
  }

  private List<Answer> run(TunedModel model, List<PromptRow> prompts, Progress progress) {
    progress.phase("answering");
    IntConsumer answered = done -> progress.progressed("answering", done, prompts.size());
    List<Answer> answers = answerRows(model, prompts, this::byPosition, answered);
    write(answers);
    refuseFailed(answers.stream().map(Answer::generation).toList());
    return answers;
  }

  private void write(List<Answer> answers) {
    try {
      for (Path file : config.files()) {
        Optional<Path> folder = Optional.ofNullable(file.toAbsolutePath().getParent());
        if (folder.isPresent()) {
          Files.createDirectories(folder.get());
        }
        try (GenerationWriter writer = GenerationWriter.open(file, List.of("prompt"))) {
          for (Answer answer : answers) {
            writer.write(Map.of("prompt", answer.prompt()), answer.generation());
          }
          writer.commit();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the answers cannot be written", e);
    }
  }

  /**
   * What was answered is written by then; an answer that failed must not look like an empty one.
   */
  private static void refuseFailed(List<Generation> generations) {
    List<Generation> failed =
        generations.stream().filter(g -> g.finishReason() == FinishReason.ERROR).toList();
    if (!failed.isEmpty()) {
      throw new UserInputException(
          failed.size()
              + " of "
              + generations.size()
              + " prompts could not be answered. "
              + failed.get(0).error());
    }
  }

  /**
   * Answers prompts without writing anything.
   *
   * @throws UserInputException if an answer failed, as on weights that are not finite
   */
  public List<Answer> answer(List<String> prompts) {
    return answer(prompts, answered -> {});
  }

  /**
   * As {@link #answer(List)}.
   *
   * @param answered told how many are done, whenever another one is
   */
  public List<Answer> answer(List<String> prompts, IntConsumer answered) {
    try (TunedModel model = TunedModel.open(config)) {
      return answer(model, prompts, answered);
    }
  }

  /** As {@link #answer(List)}, by a model that is loaded, whichever the config names. */
  public List<Answer> answer(TunedModel model, List<String> prompts) {
    return answer(model, prompts, answered -> {});
  }

  /**
   * As {@link #answer(TunedModel, List)}.
   *
   * @param answered told how many are done, whenever another one is
   */
  public List<Answer> answer(TunedModel model, List<String> prompts, IntConsumer answered) {
    List<PromptRow> rows = prompts.stream().map(PromptRow::of).toList();
    List<Answer> answers = answerRows(model, rows, this::byPosition, answered);
    refuseFailed(answers.stream().map(Answer::generation).toList());
    return answers;
  }

  /**
   * Reads what says the model and the adapter, and no weights of the model.
   *
   * @throws UserInputException when they are not there
   */
  public void requireModel() {
    TunedModel.require(config);
  }

  /** Gives a request, the n-th of those answered together, draws that can be repeated. */
  interface Draws {
    GenerationRequest of(GenerationRequest request, int position);
  }

  private GenerationRequest byPosition(GenerationRequest request, int position) {
    return request.withSeed(config.decoding().seed(), position);
  }

  List<Answer> answerRows(
      TunedModel tuned, List<PromptRow> prompts, Draws draws, IntConsumer answered) {
    List<int[]> ids = prompts.stream().map(prompt -> ids(tuned.model(), prompt)).toList();
    List<Generation> generations = generate(tuned, ids, draws, answered);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      answers.add(new Answer(prompts.get(i).question(), generations.get(i)));
    }
    return answers;
  }

  /** Continues token ids as they are, with no chat template and no special token added. */
  public List<Generation> continueIds(List<int[]> prompts) {
    try (TunedModel tuned = TunedModel.open(config)) {
      List<Generation> generations = generate(tuned, prompts, this::byPosition, answered -> {});
      refuseFailed(generations);
      return generations;
    }
  }

  private List<Generation> generate(
      TunedModel tuned, List<int[]> prompts, Draws draws, IntConsumer answered) {
    SampleConfig.Decoding d = config.decoding();
    List<GenerationRequest> requests = new ArrayList<>();
    int longest = 0;
    for (int[] ids : prompts) {
      longest = Math.max(longest, ids.length);
      int room = d.maxLength().map(n -> Math.max(1, n - ids.length)).orElse(d.maxNewTokens());
      StopConditions stops =
          StopConditions.after(Math.min(room, d.maxNewTokens())).withStopStrings(d.stop());
      requests.add(
          draws.of(
              GenerationRequest.of(
                  ids, d.parameters(), d.ignoreEos() ? stops.ignoringEndTokens() : stops),
              requests.size()));
    }
    int context = Math.min(tuned.decoder().config().maxPositions(), longest + d.maxNewTokens());
    try (DecodingSession session =
        DecodingSession.on(
            tuned.decoder(),
            tuned.adapter(),
            Math.min(config.batchSize(), prompts.size()),
            context)) {
      return Generator.of(session, tuned.model().tokenizer()).generate(requests, answered);
    }
  }

  private int[] ids(LoadedModel model, PromptRow prompt) {
    if (config.sampleType().orElse(SampleType.INSTRUCT) != SampleType.INSTRUCT) {
      return model.tokenizer().encode(prompt.question(), true);
    }
    try {
      return model.format().prompt(prompt.messages(), prompt.tools());
    } catch (UserInputException e) {
      throw new UserInputException("\"%s\": %s".formatted(prompt.question(), e.getMessage()), e);
    }
  }
}
