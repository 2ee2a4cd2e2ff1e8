package dev.reticent.recipe;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationListener;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.sampling.StopConditions;
import dev.reticent.serving.SamplingServer;
import dev.reticent.serving.ServedModels;
import dev.reticent.serving.ServerOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tokens a second and time to the first token at 1, 4 and 16 requests at once: the engine alone,
 * over HTTP whole, and over HTTP streamed, in turns in one process on the same weights.
 *
 * <pre>
 * java -cp … dev.reticent.recipe.ServingBenchmark [model folder or reticent-tiny] [tokens] [rounds]
 * </pre>
 */
final class ServingBenchmark {
  private static final int[] CLIENTS = {1, 4, 16};
  private static final int PROMPT = 32;

  private final ServedModels models;
  private final SamplingServer server;
  private final int tokens;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newFixedThreadPool(32);

  private ServingBenchmark(ServedModels models, SamplingServer server, int tokens) {
    this.models = models;
    this.server = server;
    this.tokens = tokens;
  }

  /** One round: seconds for all, and until the first token of each. */
  private record Round(double seconds, List<Double> first) {}

  /** A way to ask: the time of the first token in nanoseconds, when all has come. */
  private interface Way {
    long ask(int[] prompt);
  }

  public static void main(String[] args) {
    String model = args.length > 0 ? args[0] : ModelSettings.EMBEDDED;
    int tokens = args.length > 1 ? Integer.parseInt(args[1]) : 128;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Config config = Config.empty().with("foundation_model_name", model).with("model_name", "m");
    ServedModels[] loaded = new ServedModels[1];
    try (SamplingServer server =
        SamplingServer.start(
            ServerOptions.STANDARD.withPort(0), () -> loaded[0] = ServeRecipe.of(config).load())) {
      new ServingBenchmark(loaded[0], server, tokens).run(rounds);
    }
    System.exit(0);
  }

  private void run(int rounds) {
    List<String> names = List.of("engine alone", "HTTP, whole", "HTTP, streamed");
    List<Way> ways =
        List.of(this::engine, prompt -> http(prompt, false), prompt -> http(prompt, true));
    ways.forEach(way -> round(way, 16, 0)); // warm up
    System.out.println(
        "| requests at once | way | tokens/s | against the engine | first token, ms (median, p95) |");
    System.out.println("| --- | --- | --- | --- | --- |");
    for (int clients : CLIENTS) {
      List<List<Round>> all =
          new ArrayList<>(List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
      for (int r = 1; r <= rounds; r++) {
        for (int w = 0; w < ways.size(); w++) {
          all.get(w).add(round(ways.get(w), clients, r));
        }
      }
      double engine = speed(all.get(0), clients);
      for (int w = 0; w < ways.size(); w++) {
        double speed = speed(all.get(w), clients);
        List<Double> first = all.get(w).stream().flatMap(r -> r.first().stream()).sorted().toList();
        System.out.printf(
            Locale.ROOT,
            "| %d | %s | %.0f | %+.1f %% | %s |%n",
            clients,
            names.get(w),
            speed,
            100 * (speed / engine - 1),
            w == 1
                ? ""
                : "%.1f, %.1f"
                    .formatted(first.get(first.size() / 2), first.get(first.size() * 95 / 100)));
      }
    }
  }

  /** Of the median round. */
  private double speed(List<Round> rounds, int clients) {
    List<Double> seconds = new ArrayList<>(rounds.stream().map(Round::seconds).toList());
    Collections.sort(seconds);
    return clients * tokens / seconds.get(seconds.size() / 2);
  }

  private Round round(Way way, int clients, int number) {
    long start = System.nanoTime();
    List<CompletableFuture<Long>> running = new ArrayList<>();
    for (int c = 0; c < clients; c++) {
      int[] prompt = prompt(number * 100 + c);
      running.add(CompletableFuture.supplyAsync(() -> way.ask(prompt), threads));
    }
    List<Double> first =
        running.stream().map(f -> (f.join() - start) / 1e6).collect(Collectors.toList());
    return new Round((System.nanoTime() - start) / 1e9, first);
  }

  /** Prompts that share no beginning. */
  private int[] prompt(int number) {
    return IntStream.range(0, PROMPT)
        .map(i -> 10 + (number * 31 + i * 7) % (models.vocabularySize() - 20))
        .toArray();
  }

  private long engine(int[] prompt) {
    CompletableFuture<Long> first = new CompletableFuture<>();
    CompletableFuture<Generation> end = new CompletableFuture<>();
    models
        .engine()
        .submit(
            GenerationRequest.of(
                prompt,
                SamplingParameters.greedy(),
                StopConditions.after(tokens).ignoringEndTokens()),
            new GenerationListener() {
              @Override
              public void token(GeneratedToken token) {
                first.complete(System.nanoTime());
              }

              @Override
              public void finished(String rest, Generation generation) {
                end.complete(generation);
              }
            });
    check(end.join().tokens().size());
    return first.join();
  }

  private long http(int[] prompt, boolean stream) {
    String body =
        "{\"model\":\"m\",\"prompt\":%s,\"temperature\":0,\"ignore_eos\":true,\"max_tokens\":%d,\"stream\":%s%s}"
            .formatted(
                Arrays.toString(prompt),
                tokens,
                stream,
                stream ? ",\"stream_options\":{\"include_usage\":true}" : "");
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve("v1/completions"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<java.util.stream.Stream<String>> response =
          client.send(request, HttpResponse.BodyHandlers.ofLines());
      long[] first = new long[1];
      String[] last = new String[1];
      response
          .body()
          .filter(line -> line.contains("\"choices\""))
          .forEach(
              line -> {
                if (first[0] == 0 && !line.contains("\"text\":\"\"")) {
                  first[0] = System.nanoTime();
                }
                last[0] = line;
              });
      String json = stream ? last[0].substring("data: ".length()) : last[0];
      check(new ObjectMapper().readTree(json).at("/usage/completion_tokens").asInt());
      return first[0];
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void check(int got) {
    if (got != tokens) {
      throw new IllegalStateException("asked for " + tokens + " tokens, got " + got);
    }
  }
}
