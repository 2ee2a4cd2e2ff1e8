package dev.reticent.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.api.Internal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Logs an evaluation to MLflow over plain REST, a run for each model, so that its tables show as
 * those of {@code mlflow.evaluate} do.
 *
 * <p>Results are on disk before this is called. Nothing that goes wrong here is thrown.
 */
@Internal
public final class MlflowSink {
  private static final int METRICS_AT_ONCE = 1000;
  private static final int LONGEST_PARAMETER = 500;
  private static final String TABLE = "eval_results_table.json";

  /** The tag as MLflow's own client spells it; its load_table and its pages look for this. */
  private static final String TABLE_TAG = "[{\"path\": \"" + TABLE + "\", \"type\": \"table\"}]";

  private final MlflowSettings settings;
  private final MlflowClient client;
  private final List<String> problems = new ArrayList<>();

  public MlflowSink(MlflowSettings settings) {
    this.settings = settings;
    this.client = new MlflowClient(settings.uri(), settings.token());
  }

  /**
   * Logs it.
   *
   * @param folder where {@link ResultFiles} wrote it
   * @return what went wrong, in words; empty when all is there
   */
  public List<String> write(Evaluation evaluation, Path folder) {
    try {
      String experiment = client.experiment(settings.experiment());
      for (ModelResult model : evaluation.models()) {
        run(experiment, evaluation, model, folder);
      }
    } catch (IOException e) {
      problems.add("MLflow at " + settings.uri() + " has not got all: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problems.add("MLflow at " + settings.uri() + " has not got all: interrupted");
    }
    return List.copyOf(problems);
  }

  private void run(String experiment, Evaluation evaluation, ModelResult model, Path folder)
      throws IOException, InterruptedException {
    ObjectNode start = JsonNodeFactory.instance.objectNode();
    start.put("experiment_id", experiment).put("run_name", "eval_" + model.key());
    start.put("start_time", System.currentTimeMillis());
    JsonNode info = client.post("runs/create", start).path("run").path("info");
    String run = info.path("run_id").asText();
    String uri = info.path("artifact_uri").asText();
    boolean whole = settings.sendsPrivateRows();
    boolean anyPrivate = evaluation.questions().stream().anyMatch(Question::isPrivate);
    if (anyPrivate && !whole) {
      problems.add("MLflow's tables are without the private rows; see mlflow.private_rows");
    }
    String table = ResultTable.of(evaluation, model, whole);
    boolean stored = upload(run, uri, TABLE, table.getBytes(StandardCharsets.UTF_8));
    // The report shows rows, so it goes only where they may.
    for (String name :
        anyPrivate && !whole
            ? List.of("grades.png", "means.png")
            : List.of("grades.png", "means.png", "report.html")) {
      Path file = folder.resolve(name);
      if (stored && Files.exists(file)) {
        upload(run, uri, name, Files.readAllBytes(file));
      }
    }
    batch(run, evaluation, model, stored);
    ObjectNode end = JsonNodeFactory.instance.objectNode();
    end.put("run_id", run).put("status", "FINISHED").put("end_time", System.currentTimeMillis());
    client.post("runs/update", end);
  }

  private boolean upload(String run, String uri, String name, byte[] bytes)
      throws IOException, InterruptedException {
    if (client.upload(run, uri, name, bytes)) {
      return true;
    }
    problems.add(
        "MLflow keeps artifacts at %s, where only its own server can write; %s is on disk only"
            .formatted(uri, name));
    return false;
  }

  private void batch(String run, Evaluation evaluation, ModelResult model, boolean stored)
      throws IOException, InterruptedException {
    ObjectNode batch = JsonNodeFactory.instance.objectNode();
    batch.put("run_id", run);
    ArrayNode metrics = batch.putArray("metrics");
    long now = System.currentTimeMillis();
    Summary.metrics(evaluation, model).entrySet().stream()
        .filter(metric -> Double.isFinite(metric.getValue()))
        .limit(METRICS_AT_ONCE)
        .forEach(
            metric ->
                metrics
                    .addObject()
                    .put("key", metric.getKey())
                    .put("value", metric.getValue())
                    .put("timestamp", now)
                    .put("step", 0));
    ArrayNode parameters = batch.putArray("params");
    parameters(evaluation, model)
        .forEach(
            (key, value) ->
                parameters
                    .addObject()
                    .put("key", key)
                    .put("value", value.substring(0, Math.min(LONGEST_PARAMETER, value.length()))));
    ArrayNode tags = batch.putArray("tags");
    if (stored) {
      tags.addObject().put("key", "mlflow.loggedArtifacts").put("value", TABLE_TAG);
    }
    client.post("runs/log-batch", batch);
  }

  private static Map<String, String> parameters(Evaluation evaluation, ModelResult model) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("model", model.name());
    parameters.put("rows", "" + evaluation.questions().size());
    parameters.put("graded_by", evaluation.gradedBy());
    evaluation
        .judge()
        .ifPresent(
            judge -> {
              parameters.put("judge_model", judge.asked());
              parameters.put("judge_model_answered", String.join(", ", judge.answered()));
              parameters.put("judge_settings", judge.settings());
              parameters.put("judge_prompts", judge.promptVersion());
              parameters.put("judge_repeats", "" + judge.repeats());
            });
    return parameters;
  }
}
