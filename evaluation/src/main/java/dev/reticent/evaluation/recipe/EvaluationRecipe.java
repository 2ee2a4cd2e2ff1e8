package dev.reticent.evaluation.recipe;

import dev.reticent.config.Config;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Item;
import dev.reticent.evaluation.judge.Judge;
import dev.reticent.evaluation.judge.JudgeSettings;
import dev.reticent.evaluation.report.Comparison;
import dev.reticent.evaluation.report.Evaluation;
import dev.reticent.evaluation.report.MlflowSink;
import dev.reticent.evaluation.report.ModelResult;
import dev.reticent.evaluation.report.Question;
import dev.reticent.evaluation.report.ResultFiles;
import dev.reticent.evaluation.report.ResultRows;
import dev.reticent.evaluation.report.TensorBoardSink;
import dev.reticent.privacy.EvaluationData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Grades the answers of the base model, the one tuned without privacy and the one tuned with it, on
 * the same questions, and writes what was found.
 *
 * <p>Results are on disk before MLflow or TensorBoard hear of them, and no failure of those loses
 * any. Grades computed on private rows are covered by no ε.
 */
public final class EvaluationRecipe {
  private final EvaluateConfig config;

  private EvaluationRecipe(EvaluateConfig config) {
    this.config = config;
  }

  /**
   * The recipe of a config.
   *
   * @throws dev.reticent.config.UserInputException naming every problem of the config
   */
  public static EvaluationRecipe of(Config config) {
    return new EvaluationRecipe(EvaluateConfig.of(config));
  }

  /** The settings. */
  public EvaluateConfig config() {
    return config;
  }

  /**
   * What the judge would be asked and cost, by criterion and model; the models answer, the judge is
   * not asked. The cache is not looked at.
   */
  public Map<String, Judge.Estimate> dryRun(EvaluationListener listener) {
    try (Site site = Site.of(config.distributed(), listener)) {
      return dryRun(site, listener);
    }
  }

  private Map<String, Judge.Estimate> dryRun(Site site, EvaluationListener listener) {
    List<Question> questions = ModelAnswers.questions(config.data(), site.tables());
    Map<String, Judge.Estimate> estimates = new LinkedHashMap<>();
    config
        .judge()
        .ifPresent(
            judge -> {
              for (ModelAnswers answers : answers(site, questions, false, listener)) {
                List<Item> items = items(questions, answers);
                for (Criterion criterion : config.criteria()) {
                  estimates.put(
                      answers.source().name() + ", " + criterion.title(),
                      Judge.estimate(judge, criterion, items));
                }
              }
            });
    return estimates;
  }

  /** Runs it, and tells nobody meanwhile. */
  public Evaluation run() {
    return run(new EvaluationListener() {});
  }

  /** Runs it. */
  public Evaluation run(EvaluationListener listener) {
    try (Site site = Site.of(config.distributed(), listener)) {
      return run(site, listener);
    }
  }

  private Evaluation run(Site site, EvaluationListener listener) {
    config.resultsTable().ifPresent(site.tables()::requireFree);
    List<Question> questions = ModelAnswers.questions(config.data(), site.tables());
    List<ModelAnswers> answers = answers(site, questions, config.heldOutLoss(), listener);
    Findings findings = new Findings(config, questions, answers, listener);
    if (config.judge().isPresent()) {
      JudgeSettings settings = config.judge().get();
      Path cache = config.cacheDir().orElse(config.savingDir().resolve("verdicts"));
      try (Judge judge = Judge.open(settings, cache)) {
        findings.judge(judge, settings);
      }
    }
    Evaluation evaluation = evaluation(questions, findings);
    try {
      new ResultFiles(config.savingDir()).write(evaluation).forEach(listener::notice);
    } catch (IOException e) {
      throw new UncheckedIOException("the results cannot be written", e);
    }
    if (config.tensorboard()) {
      try {
        TensorBoardSink.write(evaluation, config.savingDir().resolve("tensorboard"));
      } catch (IOException e) {
        listener.notice("TensorBoard has not got all: " + e.getMessage());
      }
    }
    config
        .mlflow()
        .map(MlflowSink::new)
        .ifPresent(sink -> sink.write(evaluation, config.savingDir()).forEach(listener::notice));
    config
        .resultsTable()
        .ifPresent(
            table ->
                site.tables()
                    .create(table, ResultRows.columns(evaluation), ResultRows.of(evaluation)));
    return evaluation;
  }

  private Evaluation evaluation(List<Question> questions, Findings findings) {
    List<ModelResult> models = findings.models();
    List<Comparison> comparisons = findings.comparisons();
    return new Evaluation(
        config.title(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        questions,
        config.criteria(),
        models,
        comparisons,
        findings.judgeFacts(),
        config.models().stream().map(ModelSource::promise).flatMap(Optional::stream).findFirst(),
        findings.notes(),
        findings.problem());
  }

  /**
   * What all models say. Each is loaded once for all that is asked of it, and a base that several
   * of them stand on once for all of these.
   */
  private List<ModelAnswers> answers(
      Site site, List<Question> questions, boolean withLoss, EvaluationListener listener) {
    config.models().forEach(source -> source.require(config.decoding()));
    List<Question> known = questions.stream().filter(Question::hasTarget).toList();
    List<ModelAnswers> answers = new ArrayList<>();
    try (LoadedOnce models = new LoadedOnce()) {
      for (ModelSource source : config.models()) {
        listener.notice("answers: " + source.name());
        Optional<Config> sampling = source.sampling(config.decoding());
        if (sampling.isEmpty()) {
          answers.add(ModelAnswers.read(source, questions));
          continue;
        }
        ModelAnswers asked =
            ModelAnswers.asked(source, sampling.get(), site, models, questions, config, listener);
        if (withLoss && !known.isEmpty()) {
          listener.notice("held-out loss: " + source.name());
          asked = asked.withLoss(sampling.get(), site, models, known);
        }
        answers.add(asked);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the answers cannot be written", e);
    }
    return answers;
  }

  static List<Item> items(List<Question> questions, ModelAnswers answers) {
    boolean hidden = answers.source().trainingData() == EvaluationData.PRIVATE;
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      Question q = questions.get(i);
      items.add(
          new Item(q.id(), q.text(), answers.texts().get(i), q.target(), q.isPrivate() || hidden));
    }
    return items;
  }

  static Optional<ModelAnswers> find(List<ModelAnswers> answers, ModelSource.Kind kind) {
    return answers.stream().filter(a -> a.source().kind() == kind).findFirst();
  }
}
