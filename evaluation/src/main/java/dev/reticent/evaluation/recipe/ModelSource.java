package dev.reticent.evaluation.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.config.Section;
import dev.reticent.config.UserInputException;
import dev.reticent.evaluation.report.Promise;
import dev.reticent.privacy.EvaluationData;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.run.TradeOffChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where one model's answers come from: a file, or the model itself.
 *
 * @param trainingData whether answers may repeat private rows; private only for a model tuned
 *     without privacy
 */
record ModelSource(
    Kind kind,
    Optional<String> givenName,
    Optional<Path> predictions,
    String predictionField,
    Optional<String> humanField,
    Optional<Path> sampleConfig,
    Optional<Path> checkpoint,
    Optional<String> model,
    EvaluationData trainingData) {

  /** Which of the three. */
  enum Kind {
    BASE,
    NON_DP,
    DP;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static ModelSource read(Section section, Kind kind) {
    Optional<String> name =
        section.text("name").describedAs("What charts and tables call it.").optional();
    Optional<Path> predictions =
        section
            .path("predictions")
            .describedAs("JSON or JSONL rows with its answers, in the order of the questions.")
            .optional();
    String predictionField =
        section
            .text("prediction_field")
            .describedAs("The column with the answer.")
            .orElse("prediction");
    Optional<String> human =
        section
            .text("human_field")
            .describedAs(
                """
                A column of `predictions` with a person's grade, 1 to 5, where there is one; the
                report gives Cohen's kappa with the judge's correctness.\
                """)
            .optional();
    Optional<Path> sampleConfig =
        section
            .path("sample_config")
            .describedAs("A config of `./reticent sample` that says the model and its settings.")
            .optional();
    Optional<Path> checkpoint =
        section
            .path("checkpoint_path")
            .describedAs("The folder of a fine-tuning run, whose model answers.")
            .optional();
    Optional<String> model =
        section
            .text("foundation_model_name")
            .describedAs("The model that answers, as in `./reticent sample`.")
            .optional();
    section.check(
        predictions.isPresent()
            || sampleConfig.isPresent()
            || checkpoint.isPresent()
            || model.isPresent(),
        "missing; give predictions, sample_config, checkpoint_path or foundation_model_name",
        "predictions",
        "sample_config",
        "checkpoint_path",
        "foundation_model_name");
    section.check(
        predictions.isEmpty()
            || (sampleConfig.isEmpty() && checkpoint.isEmpty() && model.isEmpty()),
        "answers come from a file or from a model; remove one",
        "predictions");
    section.check(
        human.isEmpty() || predictions.isPresent(), "needs a file of predictions", "human_field");
    EvaluationData training =
        kind == Kind.NON_DP
            ? section
                .choice("training_data", EvaluationData.class)
                .describedAs(
                    """
                    Whether it was tuned on private rows. Without differential privacy it can
                    repeat them, so then its answers count as private.\
                    """)
                .orElse(EvaluationData.PRIVATE)
            : EvaluationData.PUBLIC;
    return new ModelSource(
        kind, name, predictions, predictionField, human, sampleConfig, checkpoint, model, training);
  }

  /** The model as {@link dev.reticent.recipe.SampleRecipe} wants it; empty with a file. */
  Optional<Config> sampling(EvaluateConfig.Decoding decoding) {
    if (predictions.isPresent()) {
      return Optional.empty();
    }
    Config config = sampleConfig.map(Config::read).orElseGet(Config::empty);
    if (sampleConfig.isEmpty()) {
      config =
          config
              .with("temperature", decoding.temperature())
              .with("max_new_tokens", decoding.maxNewTokens())
              .with("batch_size", decoding.batchSize())
              .with("seed", decoding.seed());
    }
    if (checkpoint.isPresent()) {
      config = config.with("checkpoint_path", checkpoint.get().toString());
    }
    if (model.isPresent()) {
      config = config.with("foundation_model_name", model.get());
    }
    return Optional.of(config);
  }

  /**
   * Reads what says the model, or that its answers are there, before anything is asked.
   *
   * @throws UserInputException when they are not
   */
  void require(EvaluateConfig.Decoding decoding) {
    predictions
        .filter(file -> !Files.isRegularFile(file))
        .ifPresent(
            file -> {
              throw new UserInputException(
                  kind.key() + ".predictions: there is no file " + file + ".");
            });
    try {
      sampling(decoding).map(SampleRecipe::of).ifPresent(SampleRecipe::requireModel);
    } catch (UserInputException e) {
      throw new UserInputException(kind.key() + ": " + e.getMessage(), e);
    }
  }

  /** What readers call it; a private run's folder says its ε and δ. */
  String name() {
    return givenName.orElseGet(
        () ->
            switch (kind) {
              case BASE -> "Base model";
              case NON_DP -> "Fine-tuned";
              case DP -> "Fine-tuned with DP" + checkpoint.map(ModelSource::budget).orElse("");
            });
  }

  /** What a private run's folder promises. */
  Optional<Promise> promise() {
    if (kind != Kind.DP || checkpoint.isEmpty()) {
      return Optional.empty();
    }
    return statement(checkpoint.get())
        .filter(json -> json.hasNonNull("in_other_words"))
        .map(json -> new Promise(json.path("in_other_words").asText(), TradeOffChart.of(json)));
  }

  private static Optional<JsonNode> statement(Path run) {
    Path file = run.resolve(RunFile.STATEMENT.place());
    try {
      return Files.exists(file)
          ? Optional.of(new ObjectMapper().readTree(file.toFile()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String budget(Path run) {
    return statement(run)
        .map(
            json ->
                json.path("guarantee").asBoolean() && json.path("epsilon").isNumber()
                    ? String.format(
                        Locale.ROOT,
                        " (ε = %.2f, δ = %s)",
                        json.path("epsilon").asDouble(),
                        json.path("delta").asText().replace("1.0E-5", "1e-5"))
                    : " (no guarantee)")
        .orElse("");
  }
}
