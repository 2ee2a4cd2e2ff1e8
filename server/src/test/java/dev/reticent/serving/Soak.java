package dev.reticent.serving;

import dev.reticent.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.StreamSupport;

/**
 * A long mixed load: whole and streamed answers of base and adapters, several answers, JSON,
 * clients that leave, clients that read slowly, bad requests and too many requests. It ends well if
 * permits, slots and blocks of keys and values are all returned, no answer was a 5xx, and memory is
 * flat.
 *
 * <pre>java -cp … dev.reticent.serving.Soak [minutes] [adapter folder]</pre>
 */
final class Soak {
  private static final int CLIENTS = 12;

  private final SamplingServer server;
  private final Http http;
  private final List<String> models = new ArrayList<>();
  private final Map<String, Integer> outcomes = new ConcurrentSkipListMap<>();
  private final long end;

  private Soak(SamplingServer server, Duration length) {
    this.server = server;
    this.http = new Http(server);
    this.end = System.nanoTime() + length.toNanos();
    StreamSupport.stream(Http.parse(http.get("v1/models").body()).get("data").spliterator(), false)
        .forEach(card -> models.add(card.get("id").asText()));
  }

  public static void main(String[] args) throws InterruptedException {
    double minutes = args.length > 0 ? Double.parseDouble(args[0]) : 10;
    Config config =
        Config.empty()
            .with("foundation_model_name", "reticent-tiny")
            .with("serving.port", 0)
            .with("serving.max_answers", 24)
            .with("serving.max_running", 8)
            .with("serving.shutdown_timeout_seconds", 10);
    if (args.length > 1) {
      Path folder = Path.of(args[1]).toAbsolutePath();
      config =
          config
              .with("adapters_root", String.valueOf(folder.getParent()))
              .with("adapters", List.of(String.valueOf(folder.getFileName())));
    }
    boolean good;
    try (SamplingServer server = ServeRecipe.of(config).start()) {
      good = new Soak(server, Duration.ofMillis((long) (minutes * 60_000))).run();
    }
    System.out.println(good ? "all returned" : "NOT all returned");
    System.exit(good ? 0 : 1);
  }

  private boolean run() throws InterruptedException {
    List<Thread> clients = new ArrayList<>();
    for (int c = 0; c < CLIENTS; c++) {
      SplittableRandom random = new SplittableRandom(c);
      Thread thread = new Thread(() -> load(random), "client-" + c);
      thread.start();
      clients.add(thread);
    }
    Thread.sleep(Math.max(0, (end - System.nanoTime()) / 1_000_000 / 5));
    long early = liveBytes();
    for (Thread client : clients) {
      client.join();
    }
    for (int i = 0; i < 200 && !returned(); i++) {
      Thread.sleep(50);
    }
    long grown = liveBytes() - early;
    System.out.printf(
        "outcomes %s%npermits %d, slots %.0f, waiting %.0f, KV blocks used %.0f of %.0f%nlive heap after a fifth %d kB, at the end %+d kB%n",
        outcomes,
        server.answersUnderWay(),
        http.metric("reticent_slots_running"),
        http.metric("reticent_queue_depth"),
        http.metric("reticent_kv_blocks_used"),
        http.metric("reticent_kv_blocks"),
        early / 1024,
        grown / 1024);
    return returned()
        && outcomes.keySet().stream().noneMatch(o -> o.startsWith("5") || o.startsWith("failed"))
        && grown < 32 << 20;
  }

  private boolean returned() {
    return server.answersUnderWay() == 0
        && http.metric("reticent_slots_running") == 0
        && http.metric("reticent_queue_depth") == 0
        && http.metric("reticent_kv_blocks_used") == 0;
  }

  private static long liveBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private void load(SplittableRandom random) {
    while (System.nanoTime() < end) {
      try {
        switch (random.nextInt(10)) {
          case 0 -> leave(random, false);
          case 1 -> leave(random, true);
          case 2 -> readSlowly(random);
          case 3 -> note(http.post(Http.CHAT, "{'model':'none','messages':[]}"));
          default -> note(http.post(Http.CHAT, body(random, random.nextBoolean())));
        }
      } catch (IOException | RuntimeException e) {
        outcomes.merge("failed: " + e, 1, Integer::sum);
      }
    }
  }

  private void note(HttpResponse<String> response) {
    boolean broken = response.statusCode() == 200 && response.body().contains("event: error");
    outcomes.merge(
        broken ? "failed in a stream" : String.valueOf(response.statusCode()), 1, Integer::sum);
  }

  private String body(SplittableRandom random, boolean stream) {
    String form = random.nextInt(5) == 0 ? ",'response_format':{'type':'json_object'}" : "";
    return "{'model':'%s','messages':[{'role':'user','content':'How do I delete table /t%d in zone z%d?'}],'n':%d,'max_tokens':%d,'temperature':%s,'seed':%d,'stream':%s%s}"
        .formatted(
            models.get(random.nextInt(models.size())),
            random.nextInt(5),
            random.nextInt(1000),
            random.nextInt(5) == 0 ? 3 : 1,
            random.nextInt(8, 100),
            random.nextBoolean() ? "0" : "1.2",
            random.nextInt(),
            stream,
            form);
  }

  private Socket open(SplittableRandom random) throws IOException {
    byte[] body = body(random, true).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket
        .getOutputStream()
        .write(
            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    socket.getOutputStream().flush();
    return socket;
  }

  private void leave(SplittableRandom random, boolean rudely) throws IOException {
    try (Socket socket = open(random)) {
      if (random.nextBoolean()) {
        socket.getInputStream().read(new byte[256]);
      }
      Servers.pause(random.nextInt(40));
      if (rudely) {
        socket.setSoLinger(true, 0);
      }
    }
    outcomes.merge("left", 1, Integer::sum);
  }

  private void readSlowly(SplittableRandom random) throws IOException {
    try (Socket socket = open(random)) {
      InputStream in = socket.getInputStream();
      byte[] piece = new byte[512];
      while (in.read(piece) >= 0) {
        Servers.pause(random.nextInt(20));
      }
    }
    outcomes.merge("read slowly", 1, Integer::sum);
  }
}
