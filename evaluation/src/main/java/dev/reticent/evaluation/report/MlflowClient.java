package dev.reticent.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.evaluation.judge.EndpointKey;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The few REST calls of MLflow that logging an evaluation takes. */
final class MlflowClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int SHOWN = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String base;
  private final EndpointKey token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  MlflowClient(String base, EndpointKey token) {
    this.base = base;
    this.token = token;
  }

  /** The id of an experiment, made when it is not there. */
  String experiment(String name) throws IOException, InterruptedException {
    String query = URLEncoder.encode(name, StandardCharsets.UTF_8);
    HttpResponse<String> found =
        send(request("/api/2.0/mlflow/experiments/get-by-name?experiment_name=" + query).GET());
    if (found.statusCode() == 200) {
      JsonNode experiment = JSON.readTree(found.body()).path("experiment");
      if (experiment.path("lifecycle_stage").asText().equals("deleted")) {
        throw new IOException("the experiment " + name + " was deleted; restore or rename it");
      }
      return experiment.path("experiment_id").asText();
    }
    if (found.statusCode() != 404) {
      throw failure("experiments/get-by-name", found);
    }
    ObjectNode body = JSON.createObjectNode().put("name", name);
    return post("experiments/create", body).path("experiment_id").asText();
  }

  JsonNode post(String call, ObjectNode body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        send(
            request("/api/2.0/mlflow/" + call)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())));
    if (response.statusCode() != 200) {
      throw failure(call, response);
    }
    return JSON.readTree(response.body());
  }

  /**
   * Stores a file with a run.
   *
   * @param artifactUri where the run's files are, as the server said
   * @return false when files of this server can be written by itself only
   */
  boolean upload(String run, String artifactUri, String name, byte[] bytes)
      throws IOException, InterruptedException {
    URI uri = URI.create(artifactUri);
    if ("mlflow-artifacts".equals(uri.getScheme())) {
      String path = uri.getPath().replaceFirst("^/+", "");
      put(request("/api/2.0/mlflow-artifacts/artifacts/" + path + "/" + name), name, bytes);
      return true;
    }
    if ("dbfs".equals(uri.getScheme())) {
      ObjectNode body = JSON.createObjectNode().put("run_id", run);
      body.putArray("path").add(name);
      JsonNode credential =
          post("artifacts/credentials-for-write", body).path("credential_infos").path(0);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(credential.path("signed_uri").asText()));
      for (JsonNode header : credential.path("headers")) {
        request.header(header.path("name").asText(), header.path("value").asText());
      }
      if (credential.path("type").asText().equals("AZURE_SAS_URI")) {
        request.header("x-ms-blob-type", "BlockBlob");
      }
      put(request.timeout(TIMEOUT), name, bytes);
      return true;
    }
    return false;
  }

  /** Bodies are sent with their length, never in chunks, which S3 refuses. */
  private void put(HttpRequest.Builder request, String name, byte[] bytes)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        send(request.header("Content-Type", type(name)).PUT(BodyPublishers.ofByteArray(bytes)));
    if (response.statusCode() / 100 != 2) {
      throw failure("the upload of " + name, response);
    }
  }

  private static String type(String name) {
    return name.endsWith(".json")
        ? "application/json"
        : name.endsWith(".png") ? "image/png" : "text/html";
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT);
    return token.isNone() ? request : request.header("Authorization", "Bearer " + token.reveal());
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (java.net.ConnectException e) {
      throw new IOException("nobody answers there", e);
    }
  }

  private IOException failure(String call, HttpResponse<String> response) {
    String body = token.redact(response.body());
    return new IOException(
        "%s gave HTTP %d: %s"
            .formatted(
                call,
                response.statusCode(),
                body.length() > SHOWN ? body.substring(0, SHOWN) + " …" : body));
  }
}
