package dev.reticent.evaluation.judge;

/** How the judge is asked and read. */
public enum Mode {
  /** JSON output, judged texts fenced, the grade's range enforced. */
  STRICT,
  /** One message, two examples and a reply of two lines, as MLflow's v1 metrics have it. */
  MLFLOW_V1;

  /** The name in configs and reports. */
  public String key() {
    return this == STRICT ? "strict" : "mlflow-v1";
  }
}
