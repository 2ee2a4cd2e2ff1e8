package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.constraint.SchemaRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, and what broken or hostile requests get; over raw sockets. */
@SuppressWarnings("StringConcatToTextBlock") // lines of HTTP end with CR and LF
class SecurityTest {
  private static final String KEY = "correct-horse-battery";
  private static SamplingServer open;
  private static SamplingServer locked;

  @BeforeAll
  static void start() {
    open = Servers.scripted(Servers.OPTIONS, 1, Servers.endless(0));
    locked =
        Servers.scripted(
            new ServerOptions(
                "127.0.0.1",
                0,
                Optional.of(ApiKey.of(KEY)),
                List.of("Models.Example"),
                true,
                4,
                1 << 20,
                60,
                5,
                0,
                Optional.empty(),
                SchemaRules.STANDARD),
            1,
            Servers.endless(0));
  }

  @AfterAll
  static void stop() {
    open.close();
    locked.close();
  }

  /** What a server sends back for these bytes, until it closes or says nothing for a second. */
  private static String raw(SamplingServer server, String bytes) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(bytes.contains("Connection: close") ? 20_000 : 1_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try {
        byte[] piece = new byte[4096];
        for (int n = 0; n >= 0; n = socket.getInputStream().read(piece)) {
          answer.write(piece, 0, n);
        }
      } catch (SocketTimeoutException e) {
        assertThat(answer.size()).as("an answer").isPositive();
      }
      return answer.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String get(SamplingServer server, String path, String... headers) {
    return raw(
        server,
        "GET "
            + path
            + " HTTP/1.1\r\nConnection: close\r\n"
            + String.join("\r\n", headers)
            + "\r\n\r\n");
  }

  private static String post(SamplingServer server, String body, String... headers) {
    return raw(
        server,
        "POST /v1/completions HTTP/1.1\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + String.join("\r\n", headers)
            + "\r\n\r\n"
            + body);
  }

  private static int status(String answer) {
    assertThat(answer).as("an answer").matches("(?s)HTTP/\\d\\.\\d \\d{3} .*");
    return Integer.parseInt(answer.substring(9, 12));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,200",
    "localhost:1234,200",
    "LOCALHOST,200",
    "127.0.0.1,200",
    "192.168.1.7:80,200",
    "[::1]:8080,200",
    "app.localhost,200",
    "evil.example,403",
    "localhost.evil.example,403",
    "127.0.0.1.evil.example,403",
    "models.example,403",
  })
  void onlyHostsThatCannotBeRebound(String host, int status) {
    String answer = get(open, "/v1/models", "Host: " + host);
    assertThat(status(answer)).isEqualTo(status);
    if (status == 403) {
      assertThat(answer).contains("host_not_allowed").doesNotContain("evil");
    }
  }

  @Test
  void anAllowedNameIsLetIn() {
    assertThat(status(get(locked, "/health", "Host: models.example:99"))).isEqualTo(200);
    assertThat(status(get(locked, "/health", "Host: other.example"))).isEqualTo(403);
  }

  @Test
  void pagesOfOtherOriginsGetNothingAndNoPermission() {
    String body = "{\"model\":\"scripted\",\"prompt\":\"x\",\"max_tokens\":1}";
    String json = "Content-Type: application/json";
    String foreign = post(open, body, "Host: localhost", json, "Origin: http://evil.example");
    assertThat(status(foreign)).isEqualTo(403);
    assertThat(status(post(open, body, "Host: localhost", json, "Origin: null"))).isEqualTo(403);
    assertThat(status(post(open, body, "Host: localhost:1", json, "Origin: http://localhost:1")))
        .isEqualTo(200);
    // A form can post text without asking first.
    assertThat(status(post(open, body, "Host: localhost", "Content-Type: text/plain")))
        .isEqualTo(415);
    String preflight =
        raw(
            open,
            """
            OPTIONS /v1/completions HTTP/1.1\r
            Host: localhost\r
            Connection: close\r
            Origin: http://evil.example\r
            Access-Control-Request-Method: POST\r
            \r
            """);
    assertThat(preflight + foreign).doesNotContainIgnoringCase("access-control-allow");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1/models",
        "/v1/models/scripted",
        "/metrics",
        "/openapi.yaml",
        "/page.js",
        "/no",
        "/v1/completions",
        "/health/",
        "//health",
        "/%68ealth2",
        "/health?x=1#",
        "/HEALTH"
      })
  void everythingButHealthAsksForTheKey(String path) {
    int expected = path.startsWith("/health?") ? 200 : 401;
    assertThat(status(get(locked, path, "Host: localhost"))).isEqualTo(expected);
    assertThat(status(get(locked, path, "Host: localhost", "Authorization: Bearer " + KEY)))
        .isNotEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer", "Bearer ", "Bearer correct-horse-batterY", "Bearer correct-horse-batter",
        "Bearer correct-horse-battery2", "bearer-correct-horse-battery", "Basic !!!", "Basic Og==",
        "Token correct-horse-battery", "correct-horse-battery"
      })
  void nothingButTheKeyIsTheKey(String authorization) {
    String answer = get(locked, "/v1/models", "Host: localhost", "Authorization: " + authorization);
    assertThat(status(answer)).isEqualTo(401);
    assertThat(answer).contains("WWW-Authenticate: Basic").doesNotContain("correct-horse");
  }

  @Test
  void browsersShowTheKeyAsAPassword() {
    String basic =
        Base64.getEncoder().encodeToString(("me:" + KEY).getBytes(StandardCharsets.UTF_8));
    assertThat(status(get(locked, "/", "Host: localhost", "Authorization: Basic " + basic)))
        .isEqualTo(200);
  }

  @Test
  void keysComeFromFilesAndAreNeverPrinted(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("key"), KEY + "\n");
    ApiKey key = ApiKey.fromFile(file);
    assertThat(key.isShownBy("Bearer " + KEY)).isTrue();
    assertThat(ServerOptions.STANDARD.withApiKey(key).toString())
        .contains("ApiKey[redacted]")
        .doesNotContain(KEY);
    for (String bad : List.of("", "short", "has a blank in the middle", "naïve-naïve-naïve")) {
      Files.writeString(file, bad);
      assertThatThrownBy(() -> ApiKey.fromFile(file))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("API key")
          .satisfies(e -> assertThat(bad.isEmpty() || !e.getMessage().contains(bad)).isTrue());
    }
    assertThatThrownBy(() -> ApiKey.fromFile(folder.resolve("none")))
        .isInstanceOf(UserInputException.class);
    assertThatThrownBy(() -> ApiKey.fromEnvironment("RETICENT_TEST_NO_SUCH_VARIABLE"))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("RETICENT_TEST_NO_SUCH_VARIABLE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void otherMachinesAreLetInOnlyWithAKey(String host) {
    assertThatThrownBy(() -> at(host, Optional.empty()))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("API key");
    assertThat(at(host, Optional.of(ApiKey.of(KEY))).host()).isEqualTo(host);
  }

  private static ServerOptions at(String host, Optional<ApiKey> key) {
    return new ServerOptions(
        host, 0, key, List.of(), true, 1, 1024, 1, 1, 0, Optional.empty(), SchemaRules.STANDARD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a\\b", "a b", "naïve", "a\nb", "../x", "%2e"})
  void aModelsNameIsNoPath(String name) {
    assertThatThrownBy(() -> ModelCard.checkName(name)).isInstanceOf(UserInputException.class);
    assertThatThrownBy(() -> ModelCard.checkName("x".repeat(65)))
        .isInstanceOf(UserInputException.class);
    ModelCard.checkName("Run-1.2_b");
  }

  @Test
  void thePageLoadsNothingFromElsewhereAndCanBeLeftOut() {
    for (String path : List.of("/", "/page.css", "/page.js")) {
      String answer = get(open, path, "Host: localhost");
      assertThat(status(answer)).isEqualTo(200);
      assertThat(answer)
          .contains("Content-Security-Policy: default-src 'none'", "nosniff")
          .doesNotContainPattern("(src|href)=\"(https?:)?//")
          .doesNotContain("@import", "innerHTML");
    }
    try (SamplingServer bare =
        Servers.scripted(Servers.OPTIONS.withoutPage(), 1, Servers.endless(0))) {
      assertThat(status(get(bare, "/", "Host: localhost"))).isEqualTo(404);
      assertThat(status(get(bare, "/page.js", "Host: localhost"))).isEqualTo(404);
      assertThat(status(get(bare, "/health", "Host: localhost"))).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /\u0001 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/models/%ff%fe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        """
        POST /v1/completions HTTP/1.1\r
        Host: localhost\r
        Content-Length: 2\r
        Content-Length: 5\r
        \r
        {}\
        """,
        """
        POST /v1/completions HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        Transfer-Encoding: chunked\r
        \r
        zz\r
        """,
        "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nBad Header\r\n\r\n",
      })
  void brokenHttpIsRefusedAndTheServerLives(String bytes) {
    String answer = raw(open, bytes);
    if (bytes.contains("HTTP/9.9")) {
      assertThat(status(answer)).isEqualTo(501);
    } else {
      assertThat(status(answer)).isBetween(400, 499);
      assertThat(answer).contains("{\"error\":{");
    }
    assertThat(answer).doesNotContain("Exception", "io.netty", "\tat ");
    assertThat(status(get(open, "/health", "Host: localhost"))).isEqualTo(200);
  }

  @Test
  void longLinesAndHeadersAreRefused() {
    assertThat(status(get(open, "/" + "x".repeat(10_000), "Host: localhost"))).isBetween(400, 499);
    assertThat(status(get(open, "/health", "Host: localhost", "X: " + "x".repeat(40_000))))
        .isBetween(400, 499);
  }

  @Test
  void aBodyThatNeverComesTakesNoPermit() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), open.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      assertThat(status(get(open, "/health", "Host: localhost"))).isEqualTo(200);
      assertThat(open.answersUnderWay()).isZero();
    }
  }
}
