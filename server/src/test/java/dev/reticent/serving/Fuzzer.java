package dev.reticent.serving;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sends malformed requests and looks at everything that comes back: statuses, bodies, logs, memory.
 *
 * <pre>mvn -pl sdk -am test-compile, then java -cp … dev.reticent.serving.Fuzzer [requests] [seed]
 * </pre>
 */
final class Fuzzer {
  private Fuzzer() {}

  /**
   * What was seen.
   *
   * @param statuses answers by status
   * @param codes answers by error code
   * @param grownBytes live heap at the end, less that after the first fifth
   * @param leaks answers or log lines that hold what they must not
   */
  record Summary(
      int requests,
      Map<Integer, Integer> statuses,
      Map<String, Integer> codes,
      long grownBytes,
      String leaks,
      double seconds) {}

  static Summary run(int requests, long seed) throws IOException, InterruptedException {
    StringBuilder leaks = new StringBuilder();
    Map<Integer, Integer> statuses = new TreeMap<>();
    Map<String, Integer> codes = new TreeMap<>();
    long settled = 0;
    long start = System.nanoTime();
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Logger root = Logger.getLogger("");
    Handler listener = new Listener(printed);
    root.addHandler(listener);
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    long grown;
    try (SamplingServer server = Servers.scripted(Servers.OPTIONS, 2, Servers.endless(0))) {
      Http http = new Http(server);
      for (int i = 0; i < requests; i++) {
        if (i == requests / 5) {
          settled = liveBytes();
        }
        Malformed.Request malformed = Malformed.of(seed + i);
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(server.uri().resolve(malformed.path()))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(malformed.body()))
                    .build());
        statuses.merge(response.statusCode(), 1, Integer::sum);
        String body = response.body();
        if (response.statusCode() / 100 != 4) {
          leaks.append(
              "seed %d: %d for %s%n"
                  .formatted(
                      seed + i,
                      response.statusCode(),
                      new String(malformed.body(), StandardCharsets.UTF_8)));
        } else {
          codes.merge(Http.parse(body).get("error").get("code").asText(), 1, Integer::sum);
        }
        if (reveals(body)) {
          leaks.append("seed %d: %s%n".formatted(seed + i, body));
        }
      }
      grown = liveBytes() - settled;
      if (server.answersUnderWay() != 0) {
        leaks.append("permits not returned\n");
      }
    } finally {
      System.setErr(err);
      root.removeHandler(listener);
    }
    String log = printed.toString(StandardCharsets.UTF_8);
    if (log.contains(Malformed.SECRET) || log.contains("\tat ")) {
      leaks.append("the log: ").append(log);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Summary(requests, statuses, codes, grown, leaks.toString(), seconds);
  }

  /** What no answer may hold: the prompt, names of classes, places on the disk. */
  private static boolean reveals(String body) {
    return body.contains(Malformed.SECRET)
        || body.contains("Exception")
        || body.contains("dev.reticent")
        || body.contains("com.fasterxml")
        || body.contains("/golden/")
        || body.contains("tokenizer.json");
  }

  private static long liveBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Hears what java.util.logging is told. */
  private static final class Listener extends Handler {
    private final ByteArrayOutputStream printed;

    Listener(ByteArrayOutputStream printed) {
      this.printed = printed;
    }

    @Override
    public void publish(LogRecord record) {
      String line =
          new java.util.logging.SimpleFormatter().formatMessage(record)
              + (record.getThrown() == null ? "" : "\n\tat " + record.getThrown());
      printed.writeBytes(line.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int requests = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    Summary summary = run(requests, seed);
    System.out.printf(
        "%d malformed requests in %.1f s%nstatuses %s%nerror codes %s%nlive heap grown by %d kB after the first fifth%nleaks: %s%n",
        summary.requests(),
        summary.seconds(),
        summary.statuses(),
        summary.codes(),
        summary.grownBytes() / 1024,
        summary.leaks().isEmpty() ? "none" : summary.leaks());
    System.exit(summary.leaks().isEmpty() ? 0 : 1);
  }
}
