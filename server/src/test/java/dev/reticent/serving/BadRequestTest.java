package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no request gets an error in OpenAI's shape, whatever is wrong with it. */
class BadRequestTest {
  private static SamplingServer server;
  private static Http http;

  @BeforeAll
  static void start() {
    server = Servers.scripted(Servers.OPTIONS, 1, Servers.endless(0));
    http = new Http(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,2]",
        "nul",
        "'text'",
        "{'model':1}",
        "{}",
        "{'a':1,'a':2}",
        "{'a':1} x",
        "12"
      })
  void whatIsNotARequestIs400(String body) {
    HttpResponse<String> response = http.post(Http.CHAT, body);
    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode error = Http.parse(response.body()).get("error");
    assertThat(error.get("code").asText()).isIn("invalid_json", "invalid_value");
    assertThat(error.get("message").asText()).doesNotContain("Exception", "com.fasterxml");
  }

  @Test
  void deepNestingAndLongNumbersAre400() {
    http.refused(400, "invalid_json", Http.CHAT, "[".repeat(100_000));
    http.refused(400, "invalid_json", Http.CHAT, "{'seed':" + "1".repeat(5000) + "}");
  }

  @Test
  void otherPathsMethodsTypesAndSizesHaveJsonErrors() {
    Http.error(http.get("v1/nothing"), 404, "not_found");
    Http.error(http.get(Http.CHAT), 405, "method_not_allowed");
    http.refused(413, "body_too_large", Http.CHAT, "{'a':'" + "x".repeat(1 << 20) + "'}");
    Http.error(
        http.send(
            java.net.http.HttpRequest.newBuilder(server.uri().resolve(Http.CHAT))
                .header("Content-Type", "text/plain")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
                .build()),
        415,
        "unsupported_media_type");
  }
}
