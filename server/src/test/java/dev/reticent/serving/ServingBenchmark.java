package dev.reticent.serving;

import dev.reticent.config.Config;
import dev.reticent.recipe.RandomModel;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationListener;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.sampling.StopConditions;
import dev.reticent.serving.LoadProcess.Load;
import dev.reticent.settings.ModelSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Tokens a second and time to the first token at 1, 4 and 16 requests at once: the queue alone,
 * over HTTP whole, over HTTP streamed, and another server of the same weights if one is named, in
 * turns.
 *
 * <pre>
 * java -cp … dev.reticent.serving.ServingBenchmark [model [tokens [rounds [threads [URL MODEL]]]]]
 * </pre>
 *
 * <p>The model is {@code reticent-tiny} or a folder, such as a {@link RandomModel}'s. Each client
 * asks several times, one after the other, for answers of several lengths, the same in all ways.
 * The queue alone is asked by its listeners, with no thread between; clients over HTTP are a
 * process of their own on the same cores, and how much of them each part takes is told.
 */
final class ServingBenchmark {
  private static final int[] CLIENTS = {1, 4, 16};
  private static final int EACH = 3;
  private static final double WARMING_SECONDS = 5;
  private static final int TOUCH = 16; // tokens

  /** One round: its load, its tokens, and the processor seconds of this process. */
  private record Round(Load load, int tokens, CpuTimes cpu) {}

  private interface Way {
    Load ask(int clients, int round, int tokens);
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
    Config config =
        Config.empty()
            .with("foundation_model_name", model)
            .with("model_name", "m")
            .with("serving.threads", args.length > 3 ? Integer.parseInt(args[3]) : 1);
    ServedModels[] loaded = new ServedModels[1];
    try (SamplingServer server =
            SamplingServer.start(
                ServerOptions.STANDARD.withPort(0),
                () -> loaded[0] = ServeRecipe.of(config).load());
        LoadProcess client = LoadProcess.start()) {
      ServingBenchmark benchmark = new ServingBenchmark(loaded[0], tokens);
      String own = server.uri().toString();
      benchmark.ways.add(new Named("queue alone", benchmark::queue));
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
    ways.forEach(named -> warm(named.way()));
    System.out.println(
        "| at once | way | tokens/s | against the queue | first token, ms (median, p95)"
            + " | CPU µs a token: queue, event loop, rest, client |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    for (int clients : CLIENTS) {
      List<List<Round>> all = new ArrayList<>();
      ways.forEach(way -> all.add(new ArrayList<>()));
      for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < ways.size(); i++) {
          int w = (i + r) % ways.size(); // none always comes after the same
          Way way = ways.get(w).way();
          way.ask(4, 900 + r, TOUCH); // a process that was idle has lost its caches
          CpuTimes before = CpuTimes.now();
          Load load = way.ask(clients, r, tokens);
          all.get(w).add(new Round(load, tokens(clients, r), CpuTimes.now().since(before)));
        }
      }
      double queue = speed(all.get(0));
      for (int w = 0; w < ways.size(); w++) {
        report(clients, ways.get(w).name(), all.get(w), queue);
      }
    }
  }

  /** Many short answers, so that the path of a request is compiled, then some long ones. */
  private void warm(Way way) {
    for (int mean : new int[] {2, tokens}) {
      long start = System.nanoTime();
      for (int r = 500; (System.nanoTime() - start) * 1e-9 < WARMING_SECONDS; r++) {
        way.ask(16, r, mean);
      }
    }
  }

  private static double speed(List<Round> rounds) {
    double[] speeds = rounds.stream().mapToDouble(r -> r.tokens() / r.load().seconds()).toArray();
    Arrays.sort(speeds);
    return speeds[speeds.length / 2];
  }

  private static void report(int clients, String name, List<Round> rounds, double queue) {
    List<Double> first =
        rounds.stream().flatMap(r -> r.load().firstMillis().stream()).sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "| %d | %s | %.0f | %+.1f %% | %.1f, %.1f | %.0f, %.0f, %.0f, %.0f |%n",
        clients,
        name,
        speed(rounds),
        100 * (speed(rounds) / queue - 1),
        first.get(first.size() / 2),
        first.get(first.size() * 95 / 100),
        microsPerToken(rounds, r -> r.cpu().queue()),
        microsPerToken(rounds, r -> r.cpu().eventLoop()),
        microsPerToken(rounds, r -> r.cpu().rest()),
        microsPerToken(rounds, r -> r.load().clientCpuSeconds()));
  }

  private static double microsPerToken(List<Round> rounds, ToDoubleFunction<Round> seconds) {
    return 1e6
        * rounds.stream().mapToDouble(seconds).sum()
        / rounds.stream().mapToInt(Round::tokens).sum();
  }

  private int tokens(int clients, int round) {
    int first = LoadClient.number(round, 0, EACH);
    return IntStream.range(first, first + clients * EACH)
        .map(number -> LoadClient.tokens(number, tokens))
        .sum();
  }

  private Way http(LoadProcess client, String url, String model, boolean streamed) {
    return (clients, round, mean) ->
        client.put(
            "%s %s %d %d %s %d %d %d"
                .formatted(
                    url, model, models.vocabularySize(), mean, streamed, clients, EACH, round));
  }

  private Load queue(int clients, int round, int mean) {
    List<Double> first = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Void>> running = new ArrayList<>();
    long start = System.nanoTime();
    for (int c = 0; c < clients; c++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      running.add(end);
      ask(LoadClient.number(round, c, EACH), EACH, mean, first, end);
    }
    running.forEach(CompletableFuture::join);
    return new Load((System.nanoTime() - start) * 1e-9, 0, List.copyOf(first));
  }

  /** Asks one thing, and the next when it is answered. */
  private void ask(
      int number, int more, int mean, List<Double> first, CompletableFuture<Void> end) {
    if (more == 0) {
      end.complete(null);
      return;
    }
    int wanted = LoadClient.tokens(number, mean);
    long start = System.nanoTime();
    models
        .queue()
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
                ask(number + 1, more - 1, mean, first, end);
              }
            });
  }
}
