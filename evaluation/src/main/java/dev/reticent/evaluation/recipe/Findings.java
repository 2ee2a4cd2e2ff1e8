package dev.reticent.evaluation.recipe;

import dev.reticent.evaluation.CohenKappa;
import dev.reticent.evaluation.PairedDifference;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Grade;
import dev.reticent.evaluation.judge.Judge;
import dev.reticent.evaluation.judge.JudgeSettings;
import dev.reticent.evaluation.judge.Preference;
import dev.reticent.evaluation.report.Comparison;
import dev.reticent.evaluation.report.GradeSummary;
import dev.reticent.evaluation.report.JudgeFacts;
import dev.reticent.evaluation.report.ModelResult;
import dev.reticent.evaluation.report.Question;
import dev.reticent.evaluation.report.TextScores;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Gathers grades and scores into results. */
final class Findings {
  private final EvaluateConfig config;
  private final List<Question> questions;
  private final List<ModelAnswers> answers;
  private final EvaluationListener listener;
  private final Map<ModelSource.Kind, Map<Criterion, List<Grade>>> grades =
      new EnumMap<>(ModelSource.Kind.class);
  private Optional<Comparison.Pairwise> pairwise = Optional.empty();
  private Optional<JudgeFacts> judgeFacts = Optional.empty();
  private final List<String> notes = new ArrayList<>();

  Findings(
      EvaluateConfig config,
      List<Question> questions,
      List<ModelAnswers> answers,
      EvaluationListener listener) {
    this.config = config;
    this.questions = questions;
    this.answers = answers;
    this.listener = listener;
    if (questions.stream().anyMatch(Question::isPrivate)) {
      notes.add(
          "Some rows are private: figures computed on them are covered by no ε. Keep this report"
              + " where the rows are kept.");
    }
  }

  /** Asks the judge everything. */
  void judge(Judge judge, JudgeSettings settings) {
    for (ModelAnswers one : answers) {
      Map<Criterion, List<Grade>> map = new EnumMap<>(Criterion.class);
      for (Criterion criterion : config.criteria()) {
        String what = one.source().name() + ", " + criterion.title().toLowerCase(Locale.ROOT);
        map.put(
            criterion,
            judge.grade(
                criterion,
                EvaluationRecipe.items(questions, one),
                done -> listener.progress(what, done, questions.size())));
      }
      grades.put(one.source().kind(), map);
    }
    Optional<ModelAnswers> dp = EvaluationRecipe.find(answers, ModelSource.Kind.DP);
    Optional<ModelAnswers> plain = EvaluationRecipe.find(answers, ModelSource.Kind.NON_DP);
    if (config.pairwise() && dp.isPresent() && plain.isPresent()) {
      List<Preference> preferences =
          judge.compare(
              EvaluationRecipe.items(questions, dp.get()),
              EvaluationRecipe.items(questions, plain.get()),
              done -> listener.progress("side by side", done, questions.size()));
      pairwise =
          Optional.of(Comparison.Pairwise.of(preferences, dp.get().texts(), plain.get().texts()));
    }
    notes.addAll(judge.notes());
    judgeFacts = Optional.of(facts(judge, settings));
  }

  private JudgeFacts facts(Judge judge, JudgeSettings settings) {
    boolean isModel = settings.provider() != JudgeSettings.Provider.STAND_IN;
    return new JudgeFacts(
        isModel ? settings.model() + " at " + settings.host() : "a stand-in rule over shared words",
        settings.model(),
        distinct(Grade::model),
        distinct(Grade::fingerprint),
        settings.inOneLine(),
        settings.metricVersion(),
        Judge.promptVersion(),
        settings.repeats(),
        isModel,
        judge.spent());
  }

  private List<String> distinct(Function<Grade, String> what) {
    return grades.values().stream()
        .flatMap(map -> map.values().stream())
        .flatMap(List::stream)
        .map(what)
        .filter(text -> !text.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  Optional<JudgeFacts> judgeFacts() {
    return judgeFacts;
  }

  List<String> notes() {
    return notes;
  }

  List<ModelResult> models() {
    return answers.stream().map(this::model).toList();
  }

  private ModelResult model(ModelAnswers one) {
    Map<Criterion, List<Grade>> own = grades.getOrDefault(one.source().kind(), Map.of());
    Map<Criterion, GradeSummary> summaries = new EnumMap<>(Criterion.class);
    own.forEach(
        (criterion, list) -> summaries.put(criterion, GradeSummary.of(list, config.seed())));
    int[] withTarget =
        IntStream.range(0, questions.size()).filter(i -> questions.get(i).hasTarget()).toArray();
    List<String> targets =
        IntStream.of(withTarget).mapToObj(i -> questions.get(i).target()).toList();
    List<String> said = IntStream.of(withTarget).mapToObj(one.texts()::get).toList();
    return new ModelResult(
        one.source().kind().key(),
        one.source().name(),
        one.texts(),
        own,
        summaries,
        targets.isEmpty() ? Optional.empty() : Optional.of(TextScores.of(said, targets)),
        one.heldOutLoss(),
        agreement(one, own.getOrDefault(Criterion.ANSWER_CORRECTNESS, List.of())));
  }

  private static Optional<ModelResult.Agreement> agreement(ModelAnswers one, List<Grade> judged) {
    int[] rows =
        IntStream.range(0, judged.size())
            .filter(i -> judged.get(i).score().isPresent() && one.human().get(i).isPresent())
            .toArray();
    if (rows.length == 0) {
      return Optional.empty();
    }
    int[] judge = IntStream.of(rows).map(i -> judged.get(i).score().orElse(0)).toArray();
    int[] human = IntStream.of(rows).map(i -> one.human().get(i).orElse(0)).toArray();
    return Optional.of(
        new ModelResult.Agreement(
            rows.length,
            CohenKappa.of(judge, human, CohenKappa.Weights.NONE),
            CohenKappa.of(judge, human, CohenKappa.Weights.QUADRATIC)));
  }

  /** DP against non-DP, and either against the base model. */
  List<Comparison> comparisons() {
    List<Comparison> comparisons = new ArrayList<>();
    compare(comparisons, ModelSource.Kind.DP, ModelSource.Kind.NON_DP, pairwise);
    compare(comparisons, ModelSource.Kind.DP, ModelSource.Kind.BASE, Optional.empty());
    compare(comparisons, ModelSource.Kind.NON_DP, ModelSource.Kind.BASE, Optional.empty());
    return comparisons;
  }

  private void compare(
      List<Comparison> comparisons,
      ModelSource.Kind first,
      ModelSource.Kind second,
      Optional<Comparison.Pairwise> sideBySide) {
    if (!grades.containsKey(first) || !grades.containsKey(second)) {
      return;
    }
    Map<Criterion, PairedDifference> differences = new EnumMap<>(Criterion.class);
    for (Criterion criterion : config.criteria()) {
      List<Grade> one = grades.getOrDefault(first, Map.of()).getOrDefault(criterion, List.of());
      List<Grade> other = grades.getOrDefault(second, Map.of()).getOrDefault(criterion, List.of());
      int[] both =
          IntStream.range(0, one.size())
              .filter(i -> one.get(i).score().isPresent() && other.get(i).score().isPresent())
              .toArray();
      if (both.length > 0) {
        differences.put(
            criterion, PairedDifference.of(scores(one, both), scores(other, both), config.seed()));
      }
    }
    comparisons.add(new Comparison(first.key(), second.key(), differences, sideBySide));
  }

  private static double[] scores(List<Grade> grades, int[] rows) {
    return IntStream.of(rows)
        .mapToObj(i -> grades.get(i).score())
        .mapToDouble(OptionalInt::getAsInt)
        .toArray();
  }

  /** Why the run fails: too many rows without a grade. */
  Optional<String> problem() {
    for (ModelAnswers one : answers) {
      for (Map.Entry<Criterion, List<Grade>> entry :
          grades.getOrDefault(one.source().kind(), Map.of()).entrySet()) {
        double share = GradeSummary.of(entry.getValue(), config.seed()).unscoredShare();
        if (share > config.maxUnscored()) {
          return Optional.of(
              String.format(
                  Locale.ROOT,
                  "%s, %s: %.1f %% of the rows have no grade; max_unscored allows %.1f %%.",
                  one.source().name(),
                  entry.getKey().title().toLowerCase(Locale.ROOT),
                  100 * share,
                  100 * config.maxUnscored()));
        }
      }
    }
    return Optional.empty();
  }
}
