package dev.reticent.evaluation.recipe;

import dev.reticent.privacy.EvaluationData;
import dev.reticent.settings.SectionBuilder;
import java.nio.file.Path;

/**
 * Where one model's answers come from, in code: a file, or the model itself. Keys are those of
 * {@code base}, {@code non_dp} or {@code dp}.
 */
public final class ModelSourceBuilder extends SectionBuilder<ModelSourceBuilder> {

  ModelSourceBuilder(SectionBuilder<?> config, String prefix) {
    super(config, prefix);
  }

  /** {@code name}: what charts and tables call it. */
  public ModelSourceBuilder name(String name) {
    return set("name", name);
  }

  /** {@code predictions}: rows with its answers, in the order of the questions. */
  public ModelSourceBuilder predictions(Path file) {
    return set("predictions", file);
  }

  /** {@code prediction_field}: the column with the answer. */
  public ModelSourceBuilder predictionField(String column) {
    return set("prediction_field", column);
  }

  /** {@code human_field}: a column with a person's grade, 1 to 5. */
  public ModelSourceBuilder humanField(String column) {
    return set("human_field", column);
  }

  /** {@code sample_config}: a config of sampling that says the model. */
  public ModelSourceBuilder sampleConfig(Path file) {
    return set("sample_config", file);
  }

  /** {@code checkpoint_path}: the folder of a run, whose model answers. */
  public ModelSourceBuilder checkpoint(Path folder) {
    return set("checkpoint_path", folder);
  }

  /** {@code foundation_model_name}: the model that answers. */
  public ModelSourceBuilder model(String name) {
    return set("foundation_model_name", name);
  }

  /** {@code training_data}: of {@code non_dp}: whether it was tuned on private rows. */
  public ModelSourceBuilder trainingData(EvaluationData data) {
    return set("training_data", data);
  }
}
