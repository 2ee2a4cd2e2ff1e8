package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server does when too much, too slow or wrong things happen. */
@Timeout(120)
class ReliabilityTest {
  private static final String ASK = "{'model':'scripted','prompt':'x','max_tokens':%d,'stream':%s}";

  /**
   * Waits; the limit is for a machine that does much else, where ten seconds' work takes thirty.
   */
  static void eventually(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Servers.pause(5);
    }
  }

  private static void allReturned(SamplingServer server, Http http) {
    eventually("permits are back", () -> server.answersUnderWay() == 0);
    eventually("slots are back", () -> http.metric("reticent_slots_running") == 0);
    eventually("blocks are back", () -> http.metric("reticent_kv_blocks_used") == 0);
    assertThat(http.metric("reticent_queue_depth")).isZero();
  }

  @Test
  void aFullServerAnswers429AtOnceAndTakesRequestsAgainWhenThereIsRoom() throws IOException {
    ServerOptions options = Servers.OPTIONS.withMostAnswers(3);
    try (SamplingServer server = Servers.scripted(options, 1, Servers.endless(2))) {
      Http http = new Http(server);
      try (Socket running = open(server, ASK.formatted(4000, false))) {
        eventually("the first runs", () -> server.answersUnderWay() == 1);
        HttpResponse<String> full =
            http.post(Http.COMPLETIONS, "{'model':'scripted','prompt':'x','n':3}");
        JsonNode error = Http.error(full, 429, "overloaded");
        assertThat(error.get("type").asText()).isEqualTo("rate_limit_error");
        assertThat(full.headers().firstValue("Retry-After")).contains("1");
        assertThat(server.answersUnderWay()).isEqualTo(1);
        // What never fits is the client's mistake.
        http.refused(
            400, "invalid_value", Http.COMPLETIONS, "{'model':'scripted','prompt':'x','n':4}");
        assertThat(running.isConnected()).isTrue();
      }
      allReturned(server, http);
      http.ok(Http.COMPLETIONS, ASK.formatted(2, false));
      assertThat(http.metric("reticent_requests_rejected_total{code=\"overloaded\"}")).isEqualTo(1);
    }
  }

  @Test
  void whileTheModelIsLoadedTheAnswerIs503() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    int port = freePort();
    CompletableFuture<SamplingServer> started =
        CompletableFuture.supplyAsync(
            () ->
                SamplingServer.start(
                    Servers.OPTIONS.withPort(port),
                    () -> {
                      await(loading);
                      return Servers.models(1, Servers.endless(0));
                    }));
    String base = "http://127.0.0.1:" + port + "/";
    java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient();
    eventually("it listens", () -> status(client, base + "health") == 503);
    assertThat(status(client, base + "v1/models")).isEqualTo(503);
    HttpResponse<String> chat =
        client.send(
            java.net.http.HttpRequest.newBuilder(java.net.URI.create(base + Http.CHAT))
                .header("Content-Type", "application/json")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(Http.error(chat, 503, "loading").get("type").asText())
        .isEqualTo("unavailable_error");
    assertThat(chat.headers().firstValue("Retry-After")).isPresent();
    loading.countDown();
    try (SamplingServer server = started.get(30, TimeUnit.SECONDS)) {
      assertThat(server.port()).isEqualTo(port);
      assertThat(status(client, base + "health")).isEqualTo(200);
    }
  }

  private static int freePort() throws IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int status(java.net.http.HttpClient client, String uri) {
    try {
      return client
          .send(
              java.net.http.HttpRequest.newBuilder(java.net.URI.create(uri)).build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    } catch (IOException | InterruptedException e) {
      return 0;
    }
  }

  @Test
  void aServerWhoseModelCannotBeLoadedStopsListening() throws IOException {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    int port = freePort();
    String health = "http://127.0.0.1:" + port + "/health";
    java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient();
    assertThatThrownBy(
            () ->
                SamplingServer.start(
                    Servers.OPTIONS.withPort(port),
                    () -> {
                      status.complete(status(client, health));
                      throw new IllegalStateException("no weights");
                    }))
        .hasMessage("no weights");
    assertThat(status).isCompletedWithValue(503);
    assertThat(status(client, health)).isZero();
  }

  /** Opens a request whose answer would take for ever, and leaves in the middle of it. */
  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void whoLeavesIsCancelledAndEverythingIsReturned(String stream) throws IOException {
    try (SamplingServer server = Servers.scripted(Servers.OPTIONS, 2, Servers.endless(1))) {
      Http http = new Http(server);
      for (int i = 0; i < 3; i++) {
        try (Socket socket = open(server, ASK.formatted(4000, stream))) {
          eventually("it runs", () -> http.metric("reticent_slots_running") == 1);
          if (stream.equals("true")) {
            assertThat(socket.getInputStream().read()).isEqualTo('H');
          }
        }
        long left = System.nanoTime();
        allReturned(server, http);
        assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(3));
      }
      assertThat(
              http.metric(
                  "reticent_requests_finished_total{model=\"scripted\",outcome=\"cancelled\"}"))
          .isEqualTo(3);
    }
  }

  private static Socket open(SamplingServer server, String json) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    socket
        .getOutputStream()
        .write(
            ("POST /v1/completions HTTP/1.1\r\n"
                    + "Host: localhost\r\n"
                    + "Content-Type: application/json\r\n"
                    + "Content-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    socket.getOutputStream().flush();
    return socket;
  }

  @Test
  void aReaderThatTakesNothingStallsNobodyAndGetsAllWhenItWakes() throws IOException {
    try (SamplingServer server = Servers.scripted(Servers.OPTIONS, 2, Servers.endless(0))) {
      Http http = new Http(server);
      // Eight answers of 4000 chunks of about 250 bytes: more than sockets hold.
      String much = "{'model':'scripted','prompt':'x','n':8,'max_tokens':4000,'stream':true}";
      try (Socket sleeper = open(server, much)) {
        eventually(
            "the queue is done with it, though nobody has read",
            () ->
                http.metric("reticent_slots_running") == 0
                    && http.metric("reticent_queue_depth") == 0
                    && server.answersUnderWay() == 8);
        http.ok(Http.COMPLETIONS, ASK.formatted(20, false));
        // The permits stay taken as long as its text is kept; the other's comes back.
        eventually("one permit comes back", () -> server.answersUnderWay() == 8);
        Servers.pause(100);
        assertThat(server.answersUnderWay()).isEqualTo(8);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(sleeper.getInputStream(), StandardCharsets.UTF_8));
        int chunks = 0;
        for (String line = reader.readLine();
            !line.equals("data: [DONE]");
            line = reader.readLine()) {
          chunks += line.startsWith("data: ") ? 1 : 0;
        }
        assertThat(chunks).isEqualTo(8 * (1 + 4000 + 1));
      }
      allReturned(server, http);
      // One that sleeps and then leaves is let go too.
      try (Socket sleeper = open(server, much)) {
        eventually("it has come", () -> server.answersUnderWay() == 8);
        eventually("it is generated", () -> http.metric("reticent_slots_running") == 0);
        sleeper.setSoLinger(true, 0);
      }
      allReturned(server, http);
    }
  }

  @Test
  void aRequestEndsWhenItsTimeIsUp() {
    ServerOptions options = Servers.OPTIONS.withTimeoutsSeconds(1, 1);
    try (SamplingServer server = Servers.scripted(options, 1, Servers.endless(5))) {
      Http http = new Http(server);
      HttpResponse<String> whole = http.post(Http.COMPLETIONS, ASK.formatted(4000, false));
      Http.error(whole, 408, "timeout");
      assertThat(whole.headers().firstValue("X-Should-Retry")).contains("false");
      String stream = http.post(Http.COMPLETIONS, ASK.formatted(4000, true)).body();
      assertThat(stream).contains("event: error\ndata: {\"error\":").doesNotContain("[DONE]");
      assertThat(stream).endsWith("\n\n");
      allReturned(server, http);
    }
  }

  @Test
  void logitsThatAreNoNumbersEndTheirRequestAlone() {
    try (SamplingServer server =
        Servers.scripted(
            Servers.OPTIONS,
            2,
            tokens -> {
              float[] logits = Servers.only(70);
              if (tokens.get(0) == 9 && tokens.size() > 3) {
                Arrays.fill(logits, Float.NaN);
              }
              Servers.pause(2);
              return logits;
            })) {
      Http http = new Http(server);
      CompletableFuture<HttpResponse<String>> good =
          http.client.sendAsync(
              http.request(Http.COMPLETIONS, ASK.formatted(300, false)),
              HttpResponse.BodyHandlers.ofString());
      String bad = "{'model':'scripted','prompt':[9],'stream':%s}";
      http.refused(500, "internal_error", Http.COMPLETIONS, bad.formatted(false));
      String stream = http.post(Http.COMPLETIONS, bad.formatted(true)).body();
      assertThat(stream).contains("\"text\":").contains("event: error\ndata: {\"error\":");
      assertThat(good.join().statusCode()).isEqualTo(200);
      allReturned(server, http);
    }
  }

  @Test
  void shutdownFinishesStreamsAndRefusesWhatIsNew() throws Exception {
    SamplingServer server = Servers.scripted(Servers.OPTIONS, 1, Servers.endless(2));
    Http http = new Http(server);
    HttpResponse<InputStream> stream =
        http.client.send(
            http.request(Http.COMPLETIONS, ASK.formatted(400, true)),
            HttpResponse.BodyHandlers.ofInputStream());
    CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
    eventually("new requests are refused", () -> http.get("health").statusCode() == 503);
    HttpResponse<String> late = http.post(Http.COMPLETIONS, ASK.formatted(1, false));
    Http.error(late, 503, "shutting_down");
    assertThat(late.headers().firstValue("Retry-After")).isPresent();
    String body = new String(stream.body().readAllBytes(), StandardCharsets.UTF_8);
    List<JsonNode> events = Http.events(body);
    assertThat(events).hasSize(1 + 400 + 1);
    closed.get(20, TimeUnit.SECONDS);
    assertThat(status(http.client, server.uri() + "health")).isZero();
    server.close(); // again, without effect
  }

  @Test
  void whatDoesNotFinishBeforeTheEndOfShutdownIsToldSo() throws Exception {
    SamplingServer server =
        Servers.scripted(Servers.OPTIONS.withTimeoutsSeconds(60, 1), 1, Servers.endless(5));
    Http http = new Http(server);
    HttpResponse<InputStream> stream =
        http.client.send(
            http.request(Http.COMPLETIONS, ASK.formatted(4000, true)),
            HttpResponse.BodyHandlers.ofInputStream());
    CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
    String body = new String(stream.body().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(body).contains("event: error\ndata: {\"error\":", "shutting_down");
    closed.get(20, TimeUnit.SECONDS);
  }
}
