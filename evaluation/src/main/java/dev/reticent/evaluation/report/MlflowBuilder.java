package dev.reticent.evaluation.report;

import dev.reticent.api.Internal;
import dev.reticent.settings.SectionBuilder;

/** An MLflow tracking server in code; {@link MlflowSettings} is what comes of it. */
public final class MlflowBuilder extends SectionBuilder<MlflowBuilder> {

  @Internal
  public MlflowBuilder(SectionBuilder<?> config) {
    super(config, "mlflow.");
  }

  /** {@code mlflow.tracking_uri}: the tracking server, or the Databricks workspace. */
  public MlflowBuilder trackingUri(String uri) {
    return set("tracking_uri", uri);
  }

  /** {@code mlflow.experiment}: its experiment. */
  public MlflowBuilder experiment(String name) {
    return set("experiment", name);
  }

  /** {@code mlflow.token_env}: the environment variable with a token. */
  public MlflowBuilder tokenEnvironment(String variable) {
    return set("token_env", variable);
  }

  /** {@code mlflow.private_rows}: {@code withhold}, or the words with which private rows may go. */
  public MlflowBuilder privateRows(String words) {
    return set("private_rows", words);
  }
}
