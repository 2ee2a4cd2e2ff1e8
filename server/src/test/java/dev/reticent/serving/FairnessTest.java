package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.model.Golden;
import dev.reticent.sampling.Origin;
import dev.reticent.text.Message;
import dev.reticent.text.Tokenizer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one request costs is not paid by those beside it. */
@Timeout(120)
class FairnessTest {
  private static final String HI = "{'model':'scripted','prompt':'hi','max_tokens':4}";

  @Test
  void longPromptsThatWereAbandonedHoldUpNobody() throws IOException {
    try (SamplingServer server = Servers.scripted(Servers.OPTIONS, 4, Servers.endless(0))) {
      Http http = new Http(server);
      String body = "{\"model\":\"scripted\",\"prompt\":\"" + "ab ".repeat(330_000) + "\"}";
      for (int i = 0; i < 8; i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
          String head =
              "POST /v1/completions HTTP/1.1\r\n"
                  + "Host: localhost\r\n"
                  + "Content-Type: application/json\r\n"
                  + "Content-Length: %d\r\n\r\n".formatted(body.length());
          socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
        }
      }
      http.ok(Http.COMPLETIONS, HI);
      ReliabilityTest.eventually("permits are back", () -> server.answersUnderWay() == 0);
    }
  }

  @Test
  void ofAPromptThatIsFarTooLongOnlyABeginningIsEncoded() {
    try (Tokenizer tokenizer = Tokenizer.open(Golden.folder("mistral-tiny"))) {
      Encoder encoder = new Encoder(tokenizer, 512);
      assertThatThrownBy(() -> encoder.encode("prompt", "é😀 x".repeat(200_000), true))
          .isInstanceOfSatisfying(
              ApiException.class,
              e -> {
                assertThat(e.error().code()).isEqualTo("context_length_exceeded");
                assertThat(e.error().message()).contains("the first 16384 characters");
              });
      String fits = "word ".repeat(20);
      assertThat(encoder.encode("prompt", fits, true)).isEqualTo(tokenizer.encode(fits, true));
    }
  }

  @Test
  void aLaneTakesWorkInOrderAndNoMoreThanFits() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(2);
    try (Lane lane = new Lane("test", 100)) {
      lane.add(
          origin("a"),
          60,
          () -> {
            begun.countDown();
            await(held);
            done.countDown();
          },
          failure -> {});
      await(begun);
      lane.add(origin("a"), 90, done::countDown, failure -> {});
      assertThatThrownBy(() -> lane.add(origin("a"), 20, () -> {}, failure -> {}))
          .isInstanceOfSatisfying(
              ApiException.class, e -> assertThat(e.error().status()).isEqualTo(429));
      held.countDown();
      assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Else a full heap would keep a permit for ever, and its client waiting. */
  @Test
  void whateverAPieceOfWorkThrowsIsHeardOfAndItsLaneGoesOn() throws Exception {
    try (Lane lane = new Lane("test", 100)) {
      CompletableFuture<Throwable> heard = new CompletableFuture<>();
      CompletableFuture<Boolean> next = new CompletableFuture<>();
      lane.add(
          origin("a"),
          1,
          () -> {
            throw new OutOfMemoryError("as if");
          },
          heard::complete);
      lane.add(origin("a"), 1, () -> next.complete(true), heard::complete);
      assertThat(heard.get(20, TimeUnit.SECONDS)).isInstanceOf(OutOfMemoryError.class);
      assertThat(next.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(lane.done()).isPositive();
    }
  }

  @Test
  void callsAndResultsCountAsPartOfAPromptThatMayBeLong() {
    Message call = new Message("assistant", "", Map.of("tool_calls", "x".repeat(50_000)));
    assertThat(new Prompt.Conversation(List.of(call)).size()).isGreaterThan(50_000);
  }

  /** Counted in processor time of the threads, so that a busy machine does not matter. */
  @Test
  void longBodiesCostTheEventLoopLittleBesideTheirLane() {
    String value = "{\"a\":[1,2,3,\"x\"]},";
    String body =
        "{\"model\":\"scripted\",\"prompt\":\"hi\",\"max_tokens\":1,\"metadata\":{\"m\":["
            + value.repeat(50_000).replaceAll(",$", "")
            + "]}}";
    try (SamplingServer server = Servers.scripted(Servers.OPTIONS, 4, Servers.endless(0))) {
      Http http = new Http(server);
      http.ok(Http.COMPLETIONS, HI);
      double before = CpuTimes.of("vert.x-eventloop");
      for (int i = 0; i < 6; i++) {
        http.ok(Http.COMPLETIONS, body);
      }
      double loop = CpuTimes.of("vert.x-eventloop") - before;
      assertThat(loop).isLessThan(CpuTimes.of("reticent-bodies") / 2);
    }
  }

  private static Origin origin(String client) {
    return new Origin(client, new Object());
  }

  @Test
  void aLaneTakesClientsInTurnAndHasRoomForThoseThatHaveNothingThere() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    List<String> done = Collections.synchronizedList(new ArrayList<>());
    try (Lane lane = new Lane("test", 16)) {
      lane.add(
          origin("a"),
          1,
          () -> {
            begun.countDown();
            await(held);
          },
          failure -> {});
      await(begun);
      for (int i = 0; i < 16; i++) {
        lane.add(origin("a"), 1, () -> done.add("a"), failure -> {});
      }
      assertThatThrownBy(() -> lane.add(origin("a"), 1, () -> {}, failure -> {}))
          .isInstanceOf(ApiException.class);
      lane.add(origin("b"), 2, () -> done.add("b"), failure -> {});
      assertThatThrownBy(() -> lane.add(origin("c"), 1, () -> {}, failure -> {}))
          .isInstanceOf(ApiException.class);
      held.countDown();
      ReliabilityTest.eventually("all is done", () -> lane.done() == 18);
    }
    assertThat(done).startsWith("a", "b", "a").hasSize(17);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The attacks of earlier versions: each took a neighbor's time, or the heap. */
  @Test
  void heavySchemasEndAloneWhileNeighborsGoOn() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    try (SamplingServer server = Servers.scripted(Servers.OPTIONS, 8, Servers.endless(0))) {
      Http http = new Http(server);
      String members =
          IntStream.range(0, 4000)
              .mapToObj(i -> "'p" + i + "':{'type':'integer'}")
              .collect(Collectors.joining(","));
      String values =
          IntStream.range(0, 15_000).mapToObj(i -> "'v" + i + "'").collect(Collectors.joining(","));
      String[] schemas = {
        "{'type':'array','minItems':1000000}",
        "{'type':'object','additionalProperties':false,'properties':{" + members + "}}",
        "{'allOf':[{'enum':[" + values + "]},{'enum':[" + values + "]}]}"
      };
      Thread[] attackers = new Thread[schemas.length];
      for (int i = 0; i < schemas.length; i++) {
        String ask =
            "{'model':'scripted','messages':[{'role':'user','content':'x'}],'max_tokens':200,"
                + "'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':%s}}}"
                    .formatted(schemas[i]);
        attackers[i] =
            new Thread(
                () -> {
                  HttpResponse<String> response = http.post(Http.CHAT, ask);
                  assertThat(response.statusCode()).as(response.body()).isIn(200, 400);
                  answered.incrementAndGet();
                });
        attackers[i].start();
      }
      for (int i = 0; i < 20; i++) {
        http.ok(Http.COMPLETIONS, HI);
      }
      for (Thread attacker : attackers) {
        attacker.join();
      }
      assertThat(answered).hasValue(schemas.length);
    }
  }
}
