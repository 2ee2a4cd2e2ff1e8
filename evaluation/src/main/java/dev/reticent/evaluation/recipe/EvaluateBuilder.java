package dev.reticent.evaluation.recipe;

import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.JudgeBuilder;
import dev.reticent.evaluation.report.MlflowBuilder;
import dev.reticent.settings.ConfigBuilder;
import dev.reticent.settings.DistributedSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** An evaluation in code, able to say all that YAML can. */
public final class EvaluateBuilder extends ConfigBuilder<EvaluateBuilder, EvaluateConfig> {

  EvaluateBuilder() {
    super(EvaluateConfig::of);
  }

  /** Sets the questions and their right answers. */
  public EvaluateBuilder dataset(Consumer<QuestionsBuilder> dataset) {
    return with(new QuestionsBuilder(this), dataset);
  }

  /** Compares the model before fine-tuning. */
  public EvaluateBuilder base(Consumer<ModelSourceBuilder> base) {
    return with("base", new ModelSourceBuilder(this, "base."), base);
  }

  /** Compares the model fine-tuned without privacy. */
  public EvaluateBuilder nonDp(Consumer<ModelSourceBuilder> nonDp) {
    return with("non_dp", new ModelSourceBuilder(this, "non_dp."), nonDp);
  }

  /** Compares the model fine-tuned with differential privacy. */
  public EvaluateBuilder dp(Consumer<ModelSourceBuilder> dp) {
    return with("dp", new ModelSourceBuilder(this, "dp."), dp);
  }

  /** Sets how models answer when they are asked here. */
  public EvaluateBuilder sampling(Consumer<AnswersBuilder> sampling) {
    return with(new AnswersBuilder(this), sampling);
  }

  /** Has the answers graded; without this only texts are compared. */
  public EvaluateBuilder judge(Consumer<JudgeBuilder> judge) {
    return with("judge", new JudgeBuilder(this), judge);
  }

  /** Logs results to MLflow besides the files. */
  public EvaluateBuilder mlflow(Consumer<MlflowBuilder> mlflow) {
    return with("mlflow", new MlflowBuilder(this), mlflow);
  }

  /** {@code title}: the heading of the report. */
  public EvaluateBuilder title(String title) {
    return set("title", title);
  }

  /** {@code held_out_loss}: whether loss and perplexity of the right answers are measured. */
  public EvaluateBuilder heldOutLoss(boolean on) {
    return set("held_out_loss", on);
  }

  /** {@code criteria}: what the judge grades. */
  public EvaluateBuilder criteria(List<Criterion> criteria) {
    return set("criteria", criteria.stream().map(Criterion::key).toList());
  }

  /** {@code pairwise}: whether the judge also sees two answers side by side. */
  public EvaluateBuilder pairwise(boolean on) {
    return set("pairwise", on);
  }

  /** {@code max_unscored}: the share of rows that may be without a grade. */
  public EvaluateBuilder maxUnscored(double share) {
    return set("max_unscored", share);
  }

  /** {@code tensorboard}: whether results are logged for TensorBoard. */
  public EvaluateBuilder tensorboard(boolean on) {
    return set("tensorboard", on);
  }

  /** {@code results_table}: a table that gets answers and grades. */
  public EvaluateBuilder resultsTable(String name) {
    return set("results_table", name);
  }

  /** {@code distributed.engine}: who answers. */
  public EvaluateBuilder engine(DistributedSettings.Engine engine) {
    return set("distributed.engine", engine);
  }

  /** {@code distributed.master}: Spark's master. */
  public EvaluateBuilder master(String url) {
    return set("distributed.master", url);
  }

  /** {@code distributed.tasks}: into how many parts the questions are divided. */
  public EvaluateBuilder tasks(int tasks) {
    return set("distributed.tasks", tasks);
  }

  /** {@code saving_dir}: where the results go. */
  public EvaluateBuilder savingDir(Path folder) {
    return set("saving_dir", folder);
  }

  /** {@code cache_dir}: where good verdicts are kept. */
  public EvaluateBuilder cacheDir(Path folder) {
    return set("cache_dir", folder);
  }

  /** {@code seed}: of the bootstrap. */
  public EvaluateBuilder seed(long seed) {
    return set("seed", seed);
  }
}
