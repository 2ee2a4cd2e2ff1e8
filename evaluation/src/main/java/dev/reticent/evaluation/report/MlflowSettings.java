package dev.reticent.evaluation.report;

import dev.reticent.config.Section;
import dev.reticent.evaluation.judge.EndpointKey;
import dev.reticent.evaluation.judge.JudgeSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An MLflow tracking server or Databricks workspace.
 *
 * @param uri without a slash at its end
 * @param sendsPrivateRows whether tables hold private rows too
 */
public record MlflowSettings(
    String uri, String experiment, EndpointKey token, boolean sendsPrivateRows) {

  /** Declares and reads the keys of a section {@code mlflow}. */
  public static MlflowSettings read(Section section) {
    String uri =
        section
            .text("tracking_uri")
            .limited("that starts with http:// or https://", u -> u.matches("https?://.+"))
            .describedAs("The tracking server, or the Databricks workspace.")
            .orElse("http://127.0.0.1:5000");
    String experiment =
        section
            .text("experiment")
            .describedAs("Its experiment, made when it is not there; a path on Databricks.")
            .orElse("reticent");
    String variable =
        section
            .text("token_env")
            .describedAs(
                """
                The environment variable with a token, such as DATABRICKS_TOKEN; none is sent when
                it is empty.\
                """)
            .orElse("MLFLOW_TRACKING_TOKEN");
    Map<String, Boolean> choices = new LinkedHashMap<>();
    choices.put("withhold", false);
    choices.put(JudgeSettings.CONSENT, true);
    boolean sends =
        section
            .choice("private_rows", choices)
            .describedAs(
                "Whether the tables that MLflow gets hold private rows; its means cover all rows.")
            .orElse(false);
    String value = System.getenv(variable);
    return new MlflowSettings(
        uri.replaceFirst("/+$", ""),
        experiment,
        value == null ? EndpointKey.none() : new EndpointKey(value),
        sends);
  }
}
