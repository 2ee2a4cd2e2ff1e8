package dev.reticent.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.SampleType;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.TunedModel;
import dev.reticent.sampling.FinishReason;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.GenerationWriter;
import dev.reticent.sampling.Generator;
import dev.reticent.sampling.StopConditions;
import dev.reticent.settings.SampleConfig;
import dev.reticent.text.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    List<String> prompts = new ArrayList<>(config.prompts());
    config.inputFile().ifPresent(file -> prompts.addAll(read(file)));
    if (prompts.isEmpty()) {
      throw new UserInputException(
          "prompts: there is nothing to answer; give prompts or an input_file.");
    }
    List<Answer> answers = answer(prompts);
    try {
      Files.createDirectories(config.savingDir());
      for (String ending : new String[] {".jsonl", ".csv"}) {
        Path file = config.savingDir().resolve(config.savingFilename() + ending);
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
    refuseFailed(answers.stream().map(Answer::generation).toList());
    return answers;
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
    try (TunedModel tuned = TunedModel.open(config)) {
      List<Answer> answers = answer(tuned, prompts);
      refuseFailed(answers.stream().map(Answer::generation).toList());
      return answers;
    }
  }

  private List<Answer> answer(TunedModel tuned, List<String> prompts) {
    List<int[]> ids = prompts.stream().map(prompt -> ids(tuned.model(), prompt)).toList();
    List<Generation> generations = generate(tuned, ids);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      answers.add(new Answer(prompts.get(i), generations.get(i)));
    }
    return answers;
  }

  /** Continues token ids as they are, with no chat template and no special token added. */
  public List<Generation> continueIds(List<int[]> prompts) {
    try (TunedModel tuned = TunedModel.open(config)) {
      List<Generation> generations = generate(tuned, prompts);
      refuseFailed(generations);
      return generations;
    }
  }

  private List<Generation> generate(TunedModel tuned, List<int[]> prompts) {
    SampleConfig.Decoding d = config.decoding();
    List<GenerationRequest> requests = new ArrayList<>();
    int longest = 0;
    for (int[] ids : prompts) {
      longest = Math.max(longest, ids.length);
      int room = d.maxLength().map(n -> Math.max(1, n - ids.length)).orElse(d.maxNewTokens());
      StopConditions stops =
          StopConditions.after(Math.min(room, d.maxNewTokens())).withStopStrings(d.stop());
      requests.add(
          GenerationRequest.of(
                  ids, d.parameters(), d.ignoreEos() ? stops.ignoringEndTokens() : stops)
              .withSeed(d.seed(), requests.size()));
    }
    int context = Math.min(tuned.decoder().config().maxPositions(), longest + d.maxNewTokens());
    try (DecodingSession session =
        DecodingSession.on(
            tuned.decoder(),
            tuned.adapter(),
            Math.min(config.batchSize(), prompts.size()),
            context)) {
      return Generator.of(session, tuned.model().tokenizer()).generate(requests);
    }
  }

  private int[] ids(LoadedModel model, String prompt) {
    return config.sampleType().orElse(SampleType.INSTRUCT) == SampleType.INSTRUCT
        ? model.format().prompt(List.of(Message.user(prompt)))
        : model.tokenizer().encode(prompt, true);
  }

  /** Prompts of JSON lines: {@code question} (or as named) or the last user message. */
  private List<String> read(Path file) {
    List<String> prompts = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    try {
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        JsonNode row = json.readTree(line);
        JsonNode question = row.path(config.questionField());
        for (JsonNode message : row.path("messages")) {
          question =
              message.path("role").asText().equals("user") ? message.path("content") : question;
        }
        if (!question.isTextual()) {
          throw new UserInputException(
              "%s:%d: found no text under '%s' and no user message; every row needs one."
                  .formatted(file, number, config.questionField()));
        }
        prompts.add(question.asText());
      }
      return prompts;
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
