package dev.reticent.evaluation.recipe;

import dev.reticent.config.Config;
import dev.reticent.config.Section;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.JudgeSettings;
import dev.reticent.evaluation.report.MlflowSettings;
import dev.reticent.settings.DistributedSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of an evaluation.
 *
 * @param models the base model, the one tuned without privacy, the one tuned with it; those given
 * @param judge empty when nobody is to judge
 * @param distributed who answers, and where tables are
 * @param resultsTable a table that gets answers and grades besides the files
 * @param maxUnscored the share of rows without a grade above which the run fails
 */
public record EvaluateConfig(
    String title,
    DataSettings data,
    List<ModelSource> models,
    Decoding decoding,
    boolean heldOutLoss,
    Optional<JudgeSettings> judge,
    List<Criterion> criteria,
    boolean pairwise,
    double maxUnscored,
    Optional<MlflowSettings> mlflow,
    boolean tensorboard,
    Optional<String> resultsTable,
    DistributedSettings distributed,
    Path savingDir,
    Optional<Path> cacheDir,
    long seed) {

  /** How models answer when they are asked here. */
  public record Decoding(double temperature, int maxNewTokens, int batchSize, long seed) {
    static Decoding read(Section section) {
      return new Decoding(
          section
              .number("temperature")
              .atLeast(0.0)
              .describedAs("0 takes the likeliest token each time.")
              .orElse(0.0),
          section
              .integer("max_new_tokens")
              .atLeast(1)
              .describedAs("The longest answer, in tokens.")
              .orElse(128),
          section
              .integer("batch_size")
              .atLeast(1)
              .describedAs("Questions answered together.")
              .orElse(16),
          section.whole("seed").describedAs("Of the sampling.").orElse(0L));
    }
  }

  public EvaluateConfig {
    models = List.copyOf(models);
    criteria = List.copyOf(criteria);
  }

  /**
   * @throws dev.reticent.config.UserInputException naming every problem with its place
   */
  public static EvaluateConfig of(Config config) {
    return config.as(EvaluateConfig::read);
  }

  /** Settings made in code. */
  public static EvaluateBuilder builder() {
    return new EvaluateBuilder();
  }

  /** Declares and reads all keys. */
  public static EvaluateConfig read(Section section) {
    String title =
        section
            .text("title")
            .describedAs("The heading of the report.")
            .orElse("How good are the answers?");
    DataSettings data =
        section.section("dataset", "The questions and their right answers.", DataSettings::read);
    List<ModelSource> models = new ArrayList<>();
    section
        .optionalSection(
            "base",
            "The model before fine-tuning.",
            s -> ModelSource.read(s, ModelSource.Kind.BASE))
        .ifPresent(models::add);
    section
        .optionalSection(
            "non_dp",
            "The model fine-tuned without privacy.",
            s -> ModelSource.read(s, ModelSource.Kind.NON_DP))
        .ifPresent(models::add);
    section
        .optionalSection(
            "dp",
            "The model fine-tuned with differential privacy.",
            s -> ModelSource.read(s, ModelSource.Kind.DP))
        .ifPresent(models::add);
    section.check(!models.isEmpty(), "missing; give base, non_dp or dp", "base", "non_dp", "dp");
    Decoding decoding =
        section.section("sampling", "How models answer when asked here.", Decoding::read);
    boolean loss =
        section
            .flag("held_out_loss")
            .describedAs("Whether loss and perplexity of the right answers are measured.")
            .orElse(true);
    Optional<JudgeSettings> judge =
        section.optionalSection(
            "judge", "Who grades; without it only texts are compared.", JudgeSettings::read);
    List<Criterion> criteria =
        section
            .choices("criteria", criteriaByName())
            .limited("of which there is one at least", list -> !list.isEmpty())
            .describedAs("What the judge grades; a request for each row and criterion.")
            .orElse(List.of(Criterion.values()));
    DistributedSettings distributed =
        section.section(
            "distributed", "Who answers, and where tables are.", DistributedSettings::readCluster);
    Optional<String> resultsTable =
        section
            .text("results_table")
            .describedAs(
                """
                A table of Spark's, `catalog.schema.name`, that is made with the rows of
                results.jsonl: answers and grades, those of private rows among them. One that is
                there already is left alone, and the run refused before anything is asked.\
                """)
            .optional();
    boolean onSpark = distributed.engine() != DistributedSettings.Engine.NONE;
    section.check(
        onSpark || (resultsTable.isEmpty() && data.table().isEmpty()),
        "tables need Spark; give distributed.engine: spark",
        "distributed",
        "results_table",
        "dataset.table");
    return new EvaluateConfig(
        title,
        data,
        models,
        decoding,
        loss,
        judge,
        criteria,
        section
            .flag("pairwise")
            .describedAs("Whether the judge also sees DP and non-DP answers side by side.")
            .orElse(false),
        section
            .number("max_unscored")
            .atLeast(0.0)
            .atMost(1.0)
            .describedAs(
                """
                The share of rows that may be without a grade, for any model and criterion; the
                command exits with 1 above it. Nothing is left out of the counts in any case.\
                """)
            .orElse(0.05),
        section.optionalSection(
            "mlflow", "Where results are logged besides the files.", MlflowSettings::read),
        section
            .flag("tensorboard")
            .describedAs("Whether eval/* is logged to `saving_dir`/tensorboard.")
            .orElse(true),
        resultsTable,
        distributed,
        section
            .path("saving_dir")
            .describedAs("Where the results go.")
            .orElse(Path.of("runs", "evaluation")),
        section
            .path("cache_dir")
            .describedAs("Where good verdicts are kept; `saving_dir`/verdicts when not given.")
            .optional(),
        section
            .whole("seed")
            .describedAs("Of the bootstrap, which draws the rows again 10,000 times.")
            .orElse(0L));
  }

  private static Map<String, Criterion> criteriaByName() {
    Map<String, Criterion> criteria = new LinkedHashMap<>();
    for (Criterion criterion : Criterion.values()) {
      criteria.put(criterion.key(), criterion);
    }
    return criteria;
  }
}
