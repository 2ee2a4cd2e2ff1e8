package dev.reticent.serving;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a plain request takes while others ask for what is heavy: the median and the 99th percentile
 * of each, beside those of a quiet server. A script stands for the model, so what is seen is the
 * server's own.
 *
 * <p>{@code java -cp <test class path> dev.reticent.serving.FairnessBenchmark [words of one
 * attack]}
 */
final class FairnessBenchmark {
  private static final int REQUESTS = 200;
  private static final String HI = "{'model':'scripted','prompt':'hi','max_tokens':8}";

  private FairnessBenchmark() {}

  /** One request of an attack. */
  private interface Attack {
    void once(Http http, SamplingServer server) throws IOException;
  }

  public static void main(String[] args) throws Exception {
    Map<String, Attack> attacks = new LinkedHashMap<>();
    attacks.put("quiet", (http, server) -> Servers.pause(50));
    attacks.put("long prompts, abandoned", FairnessBenchmark::abandoned);
    attacks.put("5000 optional members", (http, server) -> http.post(Http.CHAT, json(members())));
    attacks.put(
        "a million items",
        (http, server) -> http.post(Http.CHAT, json("{'type':'array','minItems':1000000}")));
    attacks.put("30 streams of 8 answers", (http, server) -> streams(server));
    attacks.put("new enums of 15000", (http, server) -> http.post(Http.CHAT, json(enums())));
    String only = args.length == 0 ? "" : args[0];
    attacks.keySet().removeIf(name -> !name.equals("quiet") && !name.contains(only));
    try (SamplingServer server = Servers.scripted(Servers.OPTIONS, 8, Servers.endless(0))) {
      Http http = new Http(server);
      measure(http); // warms up
      for (var attack : attacks.entrySet()) {
        AtomicBoolean over = new AtomicBoolean();
        Thread attacker =
            new Thread(
                () -> {
                  while (!over.get()) {
                    try {
                      attack.getValue().once(http, server);
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                });
        attacker.start();
        double[] times = measure(http);
        over.set(true);
        attacker.join();
        System.out.printf(
            "%-26s median %.1f ms, 99 %% %.1f ms%n",
            attack.getKey(), times[REQUESTS / 2], times[REQUESTS * 99 / 100]);
      }
    }
  }

  /** Thirty at a time, until all have ended; of the same client as the plain requests. */
  private static void streams(SamplingServer server) {
    Thread[] threads = new Thread[30];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () ->
                  new Http(server)
                      .post(
                          Http.COMPLETIONS,
                          "{'model':'scripted','prompt':'x','n':8,'max_tokens':16,'stream':true}"));
      threads[i].start();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static double[] measure(Http http) {
    double[] times = new double[REQUESTS];
    for (int i = 0; i < REQUESTS; i++) {
      long start = System.nanoTime();
      http.ok(Http.COMPLETIONS, HI);
      times[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(times);
    return times;
  }

  private static String json(String schema) {
    return "{'model':'scripted','messages':[{'role':'user','content':'x'}],'max_tokens':100,"
        + "'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':"
        + schema
        + "}}}";
  }

  private static String members() {
    return IntStream.range(0, 5000)
        .mapToObj(i -> "'p" + i + "':{'type':'integer'}")
        .collect(
            Collectors.joining(
                ",", "{'type':'object','additionalProperties':false,'properties':{", "}}"));
  }

  private static String enums() {
    String values =
        IntStream.range(0, 15_000).mapToObj(i -> "'v" + i + "'").collect(Collectors.joining(","));
    String fresh = "'" + System.nanoTime() + "'"; // no schema is one that was prepared before
    return "{'allOf':[{'enum':[" + values + "]},{'enum':[" + values + "," + fresh + "]}]}";
  }

  private static void abandoned(Http http, SamplingServer server) throws IOException {
    String body = "{\"model\":\"scripted\",\"prompt\":\"" + "ab ".repeat(330_000) + "\"}";
    String head =
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: %d\r\n\r\n".formatted(body.length());
    for (int i = 0; i < 8; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
      }
    }
    Servers.pause(1000);
  }
}
