package dev.reticent.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.reticent.evaluation.PythonProcess;
import dev.reticent.evaluation.judge.EndpointKey;
import dev.reticent.testing.Python;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlflowSinkTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The server's queues of jobs are eight processes which nothing here asks for. */
  private static final Map<String, String> WITHOUT_JOBS =
      Map.of("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");

  @TempDir private Path folder;

  private static MlflowSettings settings(String uri, boolean sendsPrivate) {
    return new MlflowSettings(uri, "reticent tests", new EndpointKey("token-123456"), sendsPrivate);
  }

  /** A real server; Python's own client then reads the table back. */
  @Test
  void aRealServerHasRunsMetricsAndTables() throws Exception {
    Python.require("mlflow", "pandas");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String uri = "http://127.0.0.1:" + port;
    try (PythonProcess server =
        PythonProcess.start(
            WITHOUT_JOBS,
            "-m",
            "mlflow",
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            "" + port,
            "--workers",
            "1",
            "--backend-store-uri",
            "sqlite:///" + folder.resolve("mlflow.db"),
            "--artifacts-destination",
            folder.resolve("artifacts").toString())) {
      server.awaitHttp(URI.create(uri + "/health"), 120);
      Evaluation evaluation = Samples.evaluation();
      Path results = folder.resolve("results");
      new ResultFiles(results).write(evaluation);
      assertThat(new MlflowSink(settings(uri, true)).write(evaluation, results)).isEmpty();
      assertThat(new MlflowSink(settings(uri, false)).write(evaluation, results))
          .hasSize(3)
          .allMatch(note -> note.contains("private"));
      JsonNode got = JSON.readTree(Python.run("mlflow_reader.py", uri, "reticent tests"));
      assertThat(got.size()).isEqualTo(6);
      JsonNode dp = run(got, "eval_dp", 4);
      assertThat(dp.path("status").asText()).isEqualTo("FINISHED");
      assertThat(dp.at("/metrics/answer_correctness~1strict~1mean").asDouble())
          .isCloseTo(13 / 3.0, within(1e-9));
      assertThat(dp.at("/metrics/answer_correctness~1strict~1rows_unparseable").asInt())
          .isEqualTo(1);
      assertThat(dp.at("/params/graded_by").asText()).contains("NOT graded");
      assertThat(dp.path("artifacts").toString()).contains("report.html", "grades.png");
      assertThat(dp.path("columns").toString()).contains("answer_similarity/strict/score");
      assertThat(run(got, "eval_dp", 3).path("artifacts").toString())
          .as("private rows are withheld")
          .contains("grades.png")
          .doesNotContain("report.html");
    }
  }

  private static JsonNode run(JsonNode runs, String name, int rows) {
    for (JsonNode run : runs) {
      if (run.path("name").asText().equals(name) && run.path("rows").asInt() == rows) {
        return run;
      }
    }
    throw new AssertionError("no run " + name + " with " + rows + " rows in " + runs);
  }

  @Test
  void aServerThatIsNotThereLosesNothing() throws IOException {
    List<String> problems =
        new MlflowSink(settings("http://127.0.0.1:9", true)).write(Samples.evaluation(), folder);
    assertThat(problems).hasSize(1).first().asString().contains("nobody answers there");
  }

  /**
   * The workspace's calls as Databricks documents them: credentials first, then a PUT with them.
   */
  @Test
  void databricksGetsItsTablesBySignedAddresses() throws IOException {
    List<String> calls = new ArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String base = "http://127.0.0.1:" + server.getAddress().getPort();
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            boolean token =
                "Bearer token-123456"
                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
            calls.add(
                exchange.getRequestMethod()
                    + " "
                    + path
                    + (token ? " with token" : "")
                    + (exchange.getRequestHeaders().containsKey("X-ms-blob-type") ? " blob" : ""));
            String body =
                path.endsWith("get-by-name")
                    ? "{\"experiment\": {\"experiment_id\": \"7\"}}"
                    : path.endsWith("runs/create")
                        ? "{\"run\": {\"info\": {\"run_id\": \"r\", \"artifact_uri\":"
                            + " \"dbfs:/databricks/mlflow-tracking/7/r/artifacts\"}}}"
                        : path.endsWith("credentials-for-write")
                            ? "{\"credential_infos\": [{\"signed_uri\": \""
                                + base
                                + "/signed?sig=1\", \"type\": \"AZURE_SAS_URI\","
                                + " \"headers\": []}]}"
                            : "{}";
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.start();
    try {
      Evaluation all = Samples.evaluation();
      Evaluation one =
          new Evaluation(
              all.title(),
              all.created(),
              all.questions(),
              all.criteria(),
              all.models().subList(0, 1),
              List.of(),
              all.judge(),
              all.promise(),
              List.of(),
              all.problem());
      assertThat(new MlflowSink(settings(base, true)).write(one, folder)).isEmpty();
    } finally {
      server.stop(0);
    }
    assertThat(calls)
        .containsExactly(
            "GET /api/2.0/mlflow/experiments/get-by-name with token",
            "POST /api/2.0/mlflow/runs/create with token",
            "POST /api/2.0/mlflow/artifacts/credentials-for-write with token",
            "PUT /signed blob",
            "POST /api/2.0/mlflow/runs/log-batch with token",
            "POST /api/2.0/mlflow/runs/update with token");
  }
}
