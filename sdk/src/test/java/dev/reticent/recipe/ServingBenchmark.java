package dev.reticent.recipe;

import com.sun.management.OperatingSystemMXBean;
import dev.reticent.config.Config;
import dev.reticent.recipe.LoadProcess.Load;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationListener;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.sampling.StopConditions;
import dev.reticent.serving.SamplingServer;
import dev.reticent.serving.ServedModels;
import dev.reticent.serving.ServerOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Tokens a second and time to the first token at 1, 4 and 16 requests at once: the engine alone,
 * over HTTP whole, over HTTP streamed, and another server of the same weights if one is named, in
 * turns.
 *
 * <pre>
 * java -cp … dev.reticent.recipe.ServingBenchmark [model [tokens [rounds [threads [URL MODEL]]]]]
 * </pre>
 *
 * <p>The model is {@code reticent-tiny} or a folder, such as a {@link RandomModel}'s. Each client
 * asks four times, one after the other, for answers of several lengths, the same in all ways. The
 * engine alone is asked by its listeners, with no thread between; clients over HTTP are a process
 * of their own on the same cores, and how much of them it takes is told.
 */
final class ServingBenchmark {
  private static final int[] CLIENTS = {1, 4, 16};
  private static final int EACH = 4;
  private static final double WARMING_SECONDS = 8;

  /** One round: its load, its tokens, and the processor seconds of this process. */
  private record Round(Load load, int tokens, double cpuSeconds) {}

  private interface Way {
    Load ask(int clients, int round);
  }

  private record Named(String name, Way way) {}

  private final ServedModels models;
  private final int tokens;
  private final List<Named> ways = new ArrayList<>();

  private ServingBenchmark(ServedModels models, int tokens) {
    this.models = models;
    this.tokens = tokens;
  }

  public static void main(String[] args) throws IOException {
    String model = args.length > 0 ? args[0] : ModelSettings.EMBEDDED;
    int tokens = args.length > 1 ? Integer.parseInt(args[1]) : 64;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 9;
    Config config = Config.empty().with("foundation_model_name", model).with("model_name", "m");
    ServedModels[] loaded = new ServedModels[1];
    try (SamplingServer server =
            SamplingServer.start(
                ServerOptions.STANDARD.withPort(0),
                () -> loaded[0] = ServeRecipe.of(config).load());
        LoadProcess client = LoadProcess.start()) {
      ServingBenchmark benchmark = new ServingBenchmark(loaded[0], tokens);
      String own = server.uri().toString();
      benchmark.ways.add(new Named("engine alone", benchmark::engine));
      benchmark.ways.add(new Named("HTTP, whole", benchmark.http(client, own, "m", false)));
      benchmark.ways.add(new Named("HTTP, streamed", benchmark.http(client, own, "m", true)));
      if (args.length > 5) {
        Way other = benchmark.http(client, args[4], args[5], true);
        benchmark.ways.add(new Named("other server, streamed", other));
      }
      benchmark.run(rounds);
    }
    System.exit(0);
  }

  private void run(int rounds) {
    for (Named named : ways) {
      long start = System.nanoTime();
      for (int r = 500; (System.nanoTime() - start) * 1e-9 < WARMING_SECONDS; r++) {
        named.way().ask(CLIENTS[r % CLIENTS.length], r);
      }
    }
    System.out.println(
        "| at once | way | tokens/s | against the engine | first token, ms (median, p95)"
            + " | CPU µs a token: this process, client |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    for (int clients : CLIENTS) {
      List<List<Round>> all = new ArrayList<>();
      ways.forEach(way -> all.add(new ArrayList<>()));
      for (int r = 0; r < rounds; r++) {
        for (int w = 0; w < ways.size(); w++) {
          double before = cpuSeconds();
          Load load = ways.get(w).way().ask(clients, r);
          all.get(w).add(new Round(load, tokens(clients, r), cpuSeconds() - before));
        }
      }
      double engine = median(all.get(0), r -> r.tokens() / r.load().seconds());
      for (int w = 0; w < ways.size(); w++) {
        double speed = median(all.get(w), r -> r.tokens() / r.load().seconds());
        List<Double> first =
            all.get(w).stream().flatMap(r -> r.load().firstMillis().stream()).sorted().toList();
        System.out.printf(
            Locale.ROOT,
            "| %d | %s | %.0f | %+.1f %% | %.1f, %.1f | %.0f, %.0f |%n",
            clients,
            ways.get(w).name(),
            speed,
            100 * (speed / engine - 1),
            first.get(first.size() / 2),
            first.get(first.size() * 95 / 100),
            1e6 * median(all.get(w), r -> r.cpuSeconds() / r.tokens()),
            1e6 * mean(all.get(w), r -> r.load().clientCpuSeconds() / r.tokens()));
      }
    }
  }

  private static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        * 1e-9;
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
    return rounds.stream()
        .mapToDouble(value)
        .sorted()
        .skip(rounds.size() / 2)
        .findFirst()
        .orElse(0);
  }

  private static double mean(List<Round> rounds, ToDoubleFunction<Round> value) {
    return rounds.stream().mapToDouble(value).average().orElse(0);
  }

  private int tokens(int clients, int round) {
    int first = LoadClient.number(round, 0, EACH);
    return IntStream.range(first, first + clients * EACH)
        .map(number -> LoadClient.tokens(number, tokens))
        .sum();
  }

  private Way http(LoadProcess client, String url, String model, boolean streamed) {
    return (clients, round) ->
        client.put(
            "%s %s %d %d %s %d %d %d"
                .formatted(
                    url, model, models.vocabularySize(), tokens, streamed, clients, EACH, round));
  }

  private Load engine(int clients, int round) {
    List<Double> first = java.util.Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Void>> running = new ArrayList<>();
    long start = System.nanoTime();
    for (int c = 0; c < clients; c++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      running.add(end);
      ask(LoadClient.number(round, c, EACH), EACH, first, end);
    }
    running.forEach(CompletableFuture::join);
    return new Load((System.nanoTime() - start) * 1e-9, 0, List.copyOf(first));
  }

  /** Asks one thing, and the next when it is answered. */
  private void ask(int number, int more, List<Double> first, CompletableFuture<Void> end) {
    if (more == 0) {
      end.complete(null);
      return;
    }
    int wanted = LoadClient.tokens(number, tokens);
    long start = System.nanoTime();
    models
        .engine()
        .submit(
            GenerationRequest.of(
                LoadClient.prompt(number, models.vocabularySize()),
                SamplingParameters.greedy(),
                StopConditions.after(wanted).ignoringEndTokens()),
            new GenerationListener() {
              private boolean started;

              @Override
              public void token(GeneratedToken token) {
                if (!started) {
                  started = true;
                  first.add((System.nanoTime() - start) * 1e-6);
                }
              }

              @Override
              public void finished(String rest, Generation generation) {
                if (generation.tokens().size() != wanted) {
                  end.completeExceptionally(new IllegalStateException(generation.toString()));
                }
                ask(number + 1, more - 1, first, end);
              }
            });
  }
}
