package dev.reticent.serving;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Clients of any OpenAI-compatible server, as light as can be: a thread and a connection each,
 * which count bytes and understand only the first text and the number of tokens at the end.
 *
 * <p>A process of its own, so that what clients cost can be told from what the server costs. Each
 * line {@code URL MODEL VOCABULARY TOKENS STREAMED CLIENTS EACH ROUND} on standard input is
 * answered by one with the seconds from the first request to the last byte, the processor seconds
 * of this process so far, and the milliseconds to the first text of each request.
 */
final class LoadClient {
  private static final int PROMPT_TOKENS = 32;

  private final URI server;
  private final String model;
  private final int vocabulary;
  private final int tokens;
  private final boolean streamed;

  private LoadClient(String[] words) {
    this.server = URI.create(words[0]);
    this.model = words[1];
    this.vocabulary = Integer.parseInt(words[2]);
    this.tokens = Integer.parseInt(words[3]);
    this.streamed = Boolean.parseBoolean(words[4]);
  }

  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    ExecutorService threads = Executors.newCachedThreadPool();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      LoadClient client = new LoadClient(words);
      int clients = Integer.parseInt(words[5]);
      int each = Integer.parseInt(words[6]);
      int round = Integer.parseInt(words[7]);
      List<CompletableFuture<List<Double>>> all = new ArrayList<>();
      long start = System.nanoTime();
      for (int c = 0; c < clients; c++) {
        int number = number(round, c, each);
        all.add(CompletableFuture.supplyAsync(() -> client.run(number, each), threads));
      }
      List<Double> millis = all.stream().flatMap(f -> f.join().stream()).toList();
      double seconds = (System.nanoTime() - start) * 1e-9;
      Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
      System.out.printf(
          Locale.ROOT,
          "%.6f %.3f %s%n",
          seconds,
          cpu.toNanos() * 1e-9,
          millis.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }
    System.exit(0);
  }

  /** The number of a client's first prompt. */
  static int number(int round, int client, int each) {
    return round * 1000 + client * each;
  }

  /** A prompt that begins otherwise than those of other numbers. */
  static int[] prompt(int number, int vocabulary) {
    return IntStream.range(0, PROMPT_TOKENS)
        .map(i -> 10 + (number * 31 + i * 7) % (vocabulary - 20))
        .toArray();
  }

  /**
   * The length of an answer, half to one and a half times the mean, so that answers do not all end
   * at once.
   */
  static int tokens(int number, int mean) {
    return Math.max(1, mean / 2 + (int) (number * 2654435761L % 1009 * mean / 1009));
  }

  /** Some requests one after the other on a connection: milliseconds to the first text of each. */
  private List<Double> run(int number, int requests) {
    List<Double> first = new ArrayList<>();
    try {
      Socket socket = connect();
      for (int r = 0; r < requests; r++) {
        int wanted = tokens(number + r, tokens);
        byte[] request = request(prompt(number + r, vocabulary), wanted);
        long start = System.nanoTime();
        LoadResponse response;
        try {
          response = send(socket, request);
        } catch (IOException closed) { // some servers close after each stream and do not say so
          socket.close();
          socket = connect();
          response = send(socket, request);
        }
        if (response.completionTokens() != wanted) {
          throw new IOException("wanted " + wanted + " tokens: " + response);
        }
        first.add((response.firstTextNanos() - start) * 1e-6);
      }
      socket.close();
      return first;
    } catch (IOException e) {
      throw new IllegalStateException(server + " did not answer as asked", e);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(server.getHost(), server.getPort());
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static LoadResponse send(Socket socket, byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    return LoadResponse.read(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  private byte[] request(int[] prompt, int wanted) {
    String body =
        "{\"model\":\"%s\",\"prompt\":%s,\"temperature\":0,\"ignore_eos\":true,\"max_tokens\":%d,\"stream\":%s%s}"
            .formatted(
                model,
                Arrays.toString(prompt),
                wanted,
                streamed,
                streamed ? ",\"stream_options\":{\"include_usage\":true}" : "");
    String head =
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: %d\r\n\r\n".formatted(body.length());
    return (head + body).getBytes(StandardCharsets.UTF_8);
  }
}
