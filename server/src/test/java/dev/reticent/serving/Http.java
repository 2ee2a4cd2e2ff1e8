package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The JDK's client, talking to a server as programs do. */
final class Http {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String CHAT = "v1/chat/completions";
  static final String COMPLETIONS = "v1/completions";

  static final String RESPONSES = "v1/responses";

  final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  Http(SamplingServer server) {
    this.base = server.uri();
  }

  /** A request with the body of a POST; single quotes stand for double ones. */
  HttpRequest request(String path, String json) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))
        .build();
  }

  HttpResponse<String> post(String path, String json) {
    return send(request(path, json));
  }

  HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)).build());
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The body of an answer that must be 200. */
  JsonNode ok(String path, String json) {
    HttpResponse<String> response = post(path, json);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return parse(response.body());
  }

  /** The error of an answer that must have this status and code. */
  JsonNode refused(int status, String code, String path, String json) {
    return error(post(path, json), status, code);
  }

  static JsonNode error(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/json");
    JsonNode error = parse(response.body()).get("error");
    assertThat(error.get("message").asText()).isNotBlank();
    assertThat(error.get("type").isTextual()).isTrue();
    assertThat(error.get("code").asText()).isEqualTo(code);
    return error;
  }

  /** The data of the events of a stream that must end with [DONE]. */
  static List<JsonNode> events(String body) {
    List<JsonNode> events = new ArrayList<>();
    String[] blocks = body.split("\n\n");
    assertThat(blocks[blocks.length - 1]).isEqualTo("data: [DONE]");
    for (int i = 0; i < blocks.length - 1; i++) {
      assertThat(blocks[i]).startsWith("data: ").doesNotContain("\n");
      events.add(parse(blocks[i].substring("data: ".length())));
    }
    return events;
  }

  /** The data of events that are named by their type and numbered from 0. */
  static List<JsonNode> named(String body) {
    List<JsonNode> events = new ArrayList<>();
    for (String block : body.split("\n\n")) {
      String[] lines = block.split("\n");
      assertThat(lines).hasSize(2);
      JsonNode event = parse(lines[1].substring("data: ".length()));
      assertThat(lines[0]).isEqualTo("event: " + event.get("type").asText());
      assertThat(event.get("sequence_number").asInt()).isEqualTo(events.size());
      events.add(event);
    }
    return events;
  }

  /** The value of a metric, its labels as Prometheus writes them. */
  double metric(String name) {
    return get("metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }
}
