package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Config;
import dev.reticent.config.Section;
import dev.reticent.data.SampleType;
import dev.reticent.sampling.SamplingParameters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of sampling.
 *
 * @param model its name is empty when the run's folder at {@code checkpointPath} says it
 * @param checkpointPath a run's folder or an adapter; empty for the base model as it is
 * @param prompts given in the config itself
 * @param inputFile rows with prompts
 */
public record SampleConfig(
    ModelSettings model,
    Optional<SampleType> sampleType,
    Optional<Path> checkpointPath,
    List<String> prompts,
    Optional<Path> inputFile,
    String questionField,
    Path savingDir,
    String savingFilename,
    Decoding decoding,
    int batchSize) {

  /**
   * How the next token is chosen.
   *
   * @param temperature 0 takes the likeliest token
   * @param topK 0 for all
   * @param maxLength of prompt and answer together, in tokens
   * @param ignoreEos whether answers go on past the model's end tokens
   */
  public record Decoding(
      double temperature,
      int topK,
      double topP,
      double minP,
      double repetitionPenalty,
      double frequencyPenalty,
      double presencePenalty,
      long seed,
      List<String> stop,
      int maxNewTokens,
      Optional<Integer> maxLength,
      boolean ignoreEos) {
    public Decoding {
      stop = List.copyOf(stop);
    }

    public SamplingParameters parameters() {
      return new SamplingParameters(
          temperature,
          topK,
          topP,
          minP,
          repetitionPenalty,
          frequencyPenalty,
          presencePenalty,
          Map.of());
    }
  }

  @Internal
  public SampleConfig {
    prompts = List.copyOf(prompts);
  }

  /** The files to which the answers go. */
  public List<Path> files() {
    if (savingDir.toString().matches(".*\\.(jsonl|csv)")) {
      return List.of(savingDir);
    }
    String name = savingFilename.replaceFirst("\\.(jsonl|csv)$", "");
    return List.of(savingDir.resolve(name + ".jsonl"), savingDir.resolve(name + ".csv"));
  }

  /**
   * @throws dev.reticent.config.UserInputException naming every problem with its place
   */
  public static SampleConfig of(Config config) {
    return config.as(SampleConfig::read);
  }

  /** Settings made in code. */
  public static SampleBuilder builder() {
    return new SampleBuilder();
  }

  public static SampleConfig read(Section section) {
    ModelSettings model = ModelSettings.read(section);
    Optional<Path> checkpoint =
        section
            .path("checkpoint_path")
            .describedAs(
                """
                A run's folder, which also says the base model, or a folder with a PEFT adapter;
                without it the base model answers.\
                """)
            .optional()
            .filter(SarusDefaults::isNamed);
    Optional<Path> dataDir =
        section
            .path("dataset.data_dir")
            .describedAs("A folder with the prompts in llm_input.jsonl, or the file itself.")
            .optional();
    Optional<Path> input =
        section
            .path("input_file")
            .describedAs(
                """
                Rows with `messages`, `conversations`, a `prompt`, an `instruction` or a question,
                in any format that training reads; answers in them are left alone.\
                """)
            .optional();
    List<String> prompts =
        section.texts("prompts").describedAs("Prompts written right here.").orElse(List.of());
    section.check(
        model.given() || checkpoint.isPresent(),
        "missing; name a model, or give the checkpoint_path of a run",
        "foundation_model_name",
        "checkpoint_path");
    Optional<LoraSettings> unused =
        section.optionalSection(
            "lora",
            "Accepted so that files of sarus-llm load; an adapter says itself what it adapts.",
            LoraSettings::read);
    section
        .flag("sampler.triton_kernel")
        .describedAs("Accepted so that files of sarus-llm load; means nothing here.")
        .orElse(false);
    return new SampleConfig(
        model,
        section
            .choice("sample_type", SampleType.class)
            .describedAs(
                """
                `instruct` puts prompts into the chat template, `pretrain` continues them; as the
                run was trained when not given.\
                """)
            .optional(),
        checkpoint,
        prompts,
        input.or(() -> dataDir.map(d -> Files.isRegularFile(d) ? d : d.resolve("llm_input.jsonl"))),
        section
            .text("question_field")
            .alsoSpelt("dataset.question_field")
            .describedAs("The column with the question.")
            .orElse("question"),
        section
            .path("saving_dir")
            .describedAs("The folder where the answers go, or a file ending in .jsonl or .csv.")
            .orElse(Path.of("runs", "sample")),
        section
            .text("saving_filename")
            .limited("without a folder", name -> !name.contains("/") && !name.isBlank())
            .describedAs("The name of the answers' files; .jsonl and .csv are added.")
            .orElse("sample"),
        decoding(section),
        section
            .integer("batch_size")
            .atLeast(1)
            .describedAs("Prompts answered together; never changes an answer.")
            .orElse(8));
  }

  private static Decoding decoding(Section section) {
    Optional<Integer> newTokens =
        section
            .integer("max_new_tokens")
            .atLeast(1)
            .alsoSpelt("sampler.max_length")
            .describedAs("The longest answer, in tokens; 128 unless max_length is given.")
            .optional();
    Optional<Integer> length =
        section
            .integer("max_length")
            .atLeast(1)
            .describedAs("The most tokens of prompt and answer together.")
            .optional();
    return new Decoding(
        section
            .number("temperature")
            .atLeast(0.0)
            .alsoSpelt("sampler.temperature")
            .describedAs("0 takes the likeliest token each time; 1 follows the model.")
            .orElse(0.0),
        section
            .integer("top_k")
            .atLeast(0)
            .alsoSpelt("sampler.top_k")
            .describedAs("Only the k likeliest tokens; 0 for all.")
            .orElse(0),
        section
            .number("top_p")
            .above(0.0)
            .atMost(1.0)
            .alsoSpelt("sampler.top_p")
            .describedAs("Only the likeliest tokens that make up this probability.")
            .orElse(1.0),
        section
            .number("min_p")
            .atLeast(0.0)
            .atMost(1.0)
            .describedAs("Only tokens at least this likely, relative to the likeliest.")
            .orElse(0.0),
        section
            .number("repetition_penalty")
            .above(0.0)
            .describedAs("Divides the score of tokens already there; 1 changes nothing.")
            .orElse(1.0),
        section
            .number("frequency_penalty")
            .atLeast(-2.0)
            .atMost(2.0)
            .describedAs("Taken from a token's score for each time it was generated.")
            .orElse(0.0),
        section
            .number("presence_penalty")
            .atLeast(-2.0)
            .atMost(2.0)
            .describedAs("Taken from a token's score once it was generated.")
            .orElse(0.0),
        section
            .whole("seed")
            .describedAs("The same seed gives the same answers, whatever the batch.")
            .orElse(0L),
        section
            .texts("stop")
            .limited("that are not empty", s -> s.stream().noneMatch(String::isEmpty))
            .describedAs("Texts that end an answer; they are not part of it.")
            .orElse(List.of()),
        newTokens.or(() -> length).orElse(128),
        length,
        section
            .flag("ignore_eos")
            .describedAs("Go on past the model's end tokens, up to max_new_tokens.")
            .orElse(false));
  }
}
