package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP asks of a server beside its answers. */
@Timeout(60)
class HttpConductTest {
  private static final String BODY = "{\"model\":\"scripted\",\"prompt\":\"hi\",\"max_tokens\":2}";
  private static SamplingServer server;
  private static Http http;

  @BeforeAll
  static void start() {
    server = Servers.scripted(Servers.OPTIONS.withMostAnswers(4), 4, Servers.endless(0));
    http = new Http(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> method(String method, String path) {
    return http.send(
        HttpRequest.newBuilder(URI.create(server.uri() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build());
  }

  /** The first line of the answer to bytes. */
  private static String raw(byte[]... parts) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      for (byte[] part : parts) {
        socket.getOutputStream().write(part);
      }
      byte[] answer = socket.getInputStream().readNBytes(12);
      return new String(answer, StandardCharsets.US_ASCII);
    }
  }

  private static byte[] head(String target, String... headers) {
    return ("POST "
            + target
            + " HTTP/1.1\r\nContent-Type: application/json\r\n"
            + String.join("\r\n", headers)
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"health", "v1/models", "v1/models/scripted", "metrics", "openapi.yaml", ""})
  void headIsGetWithoutABody(String path) {
    HttpResponse<String> head = method("HEAD", path);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void aMethodThatIsNotTakenIsToldWhichAre() {
    HttpResponse<String> completions = method("GET", Http.COMPLETIONS);
    Http.error(completions, 405, "method_not_allowed");
    assertThat(completions.headers().firstValue("Allow")).contains("POST");
    HttpResponse<String> models = method("DELETE", "v1/models");
    assertThat(models.statusCode()).isEqualTo(405);
    assertThat(models.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @Test
  void methodsThatAClientInventsHaveNoMetersOfTheirOwn() {
    for (int i = 0; i < 3; i++) {
      assertThat(method("INVENTED" + i, "health").statusCode()).isEqualTo(405);
    }
    ReliabilityTest.eventually("counted", () -> http.get("metrics").body().contains("\"other\""));
    assertThat(http.get("metrics").body()).doesNotContain("INVENTED");
  }

  @Test
  void aNumberThatNoDoubleHoldsIsRefused() {
    for (String schema : List.of("{'multipleOf':1e400}", "{'minLength':1e999999999}")) {
      http.refused(
          400,
          "invalid_json",
          Http.CHAT,
          "{'model':'scripted','messages':[{'role':'user','content':'x'}],'response_format':"
              + "{'type':'json_schema','json_schema':{'name':'a','schema':"
              + schema
              + "}}}");
    }
  }

  @Test
  void aBodyThatIsPackedOrNoUtf8IsRefused() throws IOException {
    HttpRequest packed =
        HttpRequest.newBuilder(URI.create(server.uri() + Http.COMPLETIONS))
            .header("Content-Type", "application/json")
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build();
    Http.error(http.send(packed), 415, "unsupported_content_encoding");
    byte[] overlong = BODY.replace("hi", "?!").getBytes(StandardCharsets.US_ASCII);
    int at = BODY.indexOf("hi");
    overlong[at] = (byte) 0xC0;
    overlong[at + 1] = (byte) 0xAF;
    byte[] head = head("/v1/completions", "Host: localhost", "Content-Length: " + overlong.length);
    assertThat(raw(head, overlong)).isEqualTo("HTTP/1.1 400");
  }

  @Test
  void whatTwoReadersCouldTakeForDifferentRequestsIsRefused() throws IOException {
    byte[] body = BODY.getBytes(StandardCharsets.US_ASCII);
    String length = "Content-Length: " + body.length;
    String host = "Host: localhost";
    String path = "/v1/completions";
    assertThat(raw(head(path, host, length), body)).isEqualTo("HTTP/1.1 200");
    assertThat(raw(head(path, host, length, "Transfer-Encoding: xchunked"), body))
        .isEqualTo("HTTP/1.1 400");
    assertThat(raw(head(path, host, "Host: 127.0.0.1", length), body)).isEqualTo("HTTP/1.1 400");
    assertThat(raw(head("http://example.org" + path, host, length), body))
        .isEqualTo("HTTP/1.1 400");
    assertThat(raw(head("http://localhost" + path, host, length), body)).isEqualTo("HTTP/1.1 200");
  }

  /** A pattern that is looked for in any host would take seconds of the event loop for these. */
  @Test
  void aHostThatIsLongerThanAnyNameIsRefusedUnread() throws IOException {
    byte[] body = BODY.getBytes(StandardCharsets.US_ASCII);
    String length = "Content-Length: " + body.length;
    for (String host : List.of(":".repeat(12_000) + "z", "[" + "a:".repeat(6_000) + "z]")) {
      assertThat(raw(head("/v1/completions", "Host: " + host, length), body))
          .matches("HTTP/1.1 40[03]");
    }
  }

  @Test
  void connectionsThatAskNothingAreBoundedAndLockNobodyOut() throws IOException {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) { // 256 and four for each answer are taken
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream().write("POST /v1/".getBytes(StandardCharsets.US_ASCII));
        open.add(socket);
      }
      Socket longest = open.get(0);
      longest.setSoTimeout(20_000);
      assertThat(longest.getInputStream().read()).isEqualTo(-1);
      byte[] body = BODY.getBytes(StandardCharsets.US_ASCII);
      byte[] head = head("/v1/completions", "Host: localhost", "Content-Length: " + body.length);
      assertThat(raw(head, body)).isEqualTo("HTTP/1.1 200");
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
    ReliabilityTest.eventually("room again", () -> http.metric("reticent_connections") < 10);
  }

  @Test
  void textsBecomeTokensAndTextsAgain() {
    JsonNode tokens = http.ok("tokenize", "{'model':'scripted','prompt':'two words'}");
    assertThat(tokens.get("tokens").size()).isEqualTo(tokens.get("count").asInt());
    assertThat(tokens.get("max_model_len").asInt()).isEqualTo(Servers.CONTEXT);
    String plain = "{'prompt':'two words','add_special_tokens':false}";
    JsonNode ids = http.ok("tokenize", plain).get("tokens");
    assertThat(http.ok("detokenize", "{'tokens':" + ids + "}").get("prompt").asText().strip())
        .isEqualTo("two words");
    String chat = "{'messages':[{'role':'user','content':'hi'}]}";
    assertThat(http.ok("tokenize", chat).get("count").asInt()).isPositive();
    http.refused(400, "invalid_value", "tokenize", "{}");
    http.refused(400, "invalid_value", "detokenize", "{'tokens':[-1]}");
    assertThat(server.answersUnderWay()).isZero();
  }

  @Test
  void anAnswerNamesItsRequest() {
    assertThat(method("GET", "health").headers().firstValue("X-Request-Id")).isPresent();
    HttpRequest.Builder named = HttpRequest.newBuilder(URI.create(server.uri() + "health"));
    String id = "mine-1.2";
    assertThat(
            http.send(named.setHeader("X-Request-Id", id).build())
                .headers()
                .firstValue("X-Request-Id"))
        .contains(id);
    assertThat(
            http.send(named.setHeader("X-Request-Id", "two words").build())
                .headers()
                .firstValue("X-Request-Id")
                .orElse(""))
        .isNotEmpty()
        .doesNotContain(" ");
  }

  @Test
  void oneWrongBiasIsToldOnce() {
    String message =
        http.refused(
                400,
                "invalid_value",
                Http.COMPLETIONS,
                "{'model':'scripted','prompt':'x','logit_bias':{'a':1,'b':1,'c':1}}")
            .get("message")
            .asText();
    assertThat(message).doesNotContain("\n");
  }

  @Test
  void anEchoOfNoTokensIsThePrompt() {
    assertThat(
            http.ok(
                    Http.COMPLETIONS,
                    "{'model':'scripted','prompt':'hi','max_tokens':0,'echo':true}")
                .at("/choices/0/text")
                .asText())
        .isEqualTo("hi");
  }

  @Test
  void aPromptThatIsTooLongIsTheClientsMistakeInTheMetrics() {
    http.refused(
        400,
        "context_length_exceeded",
        Http.COMPLETIONS,
        "{'model':'scripted','prompt':'x','max_tokens':5000}");
    assertThat(
            http.metric("reticent_requests_finished_total{model=\"scripted\",outcome=\"refused\"}"))
        .isGreaterThanOrEqualTo(1);
  }
}
