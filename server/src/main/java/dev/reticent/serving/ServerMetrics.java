package dev.reticent.serving;

import dev.reticent.sampling.Generation;
import dev.reticent.sampling.QueueStatistics;
import dev.reticent.sampling.WorkTime;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What {@code /metrics} tells besides requests by route and status, which Vert.x counts. The label
 * {@code model} has the configured names only.
 */
final class ServerMetrics {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(20)
  };

  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final JvmGcMetrics collections = new JvmGcMetrics();

  ServerMetrics() {
    // Vert.x registers these twice, and Micrometer warns of that.
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("vertx.http.server.active"));
    // A client may invent methods, and each would have meters of its own for ever.
    registry
        .config()
        .meterFilter(
            MeterFilter.replaceTagValues("method", m -> METHODS.contains(m) ? m : "other"));
    watchJvm();
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Shows the machine under the server: memory, collections, threads and processors. */
  private void watchJvm() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /** Stops listening to the collector. */
  void close() {
    collections.close();
  }

  String scrape() {
    return registry.scrape();
  }

  /** Shows the gate's permits. */
  void watch(AdmissionGate gate, int mostAnswers) {
    Gauge.builder("reticent.answers.admitted", gate, AdmissionGate::taken)
        .description("Answers under way and waiting.")
        .register(registry);
    Gauge.builder("reticent.clients", gate, AdmissionGate::clients)
        .description("Clients that answers are under way for.")
        .register(registry);
    Gauge.builder("reticent.answers.limit", () -> mostAnswers)
        .description("Beyond this many, requests are told to come back.")
        .register(registry);
  }

  /** Shows the queue. */
  void watch(ServedModels models) {
    gauge(models, "queue.depth", "Answers waiting for a slot.", QueueStatistics::waiting);
    gauge(
        models, "queue.clients", "Clients that take turns there.", QueueStatistics::waitingClients);
    gauge(models, "slots.running", "Answers being generated.", QueueStatistics::running);
    gauge(models, "slots", "The most answers generated at a time.", QueueStatistics::rows);
    gauge(models, "kv.blocks", "Blocks of keys and values.", QueueStatistics::blocks);
    gauge(models, "kv.blocks.used", "Those of running answers.", QueueStatistics::usedBlocks);
    gauge(models, "kv.blocks.cached", "Those of earlier prompts.", QueueStatistics::cachedBlocks);
    gauge(models, "kv.blocks.free", "Those to be had.", s -> s.blocks() - s.usedBlocks());
    time(models, "queue.waits", "For a slot, of each answer.", QueueStatistics::waits);
    time(models, "steps", "Passes that give each running answer a token.", QueueStatistics::steps);
    time(models, "prompt.pieces", "Pieces of prompts computed.", QueueStatistics::pieces);
    time(models, "masks", "What constraints allow next, worked out.", QueueStatistics::masks);
    FunctionCounter.builder(
            "reticent.prefix.hit.tokens", models, m -> m.queue().statistics().cachedTokens())
        .description("Prompt tokens that did not have to be computed.")
        .register(registry);
  }

  /** Shows the open connections. */
  void watch(Connections connections) {
    Gauge.builder("reticent.connections", connections, Connections::open)
        .description("Open connections.")
        .register(registry);
  }

  /** Shows what waits to be prepared. */
  void watch(Preparations preparations) {
    for (Lane lane : preparations.lanes()) {
      Gauge.builder("reticent.preparations.waiting", lane, Lane::depth)
          .tag("lane", lane.name())
          .description("Requests whose prompt or schema waits to be prepared.")
          .register(registry);
      FunctionTimer.builder(
              "reticent.preparations", lane, Lane::done, Lane::nanos, TimeUnit.NANOSECONDS)
          .tag("lane", lane.name())
          .description("Prompts tokenised and schemas compiled.")
          .register(registry);
    }
  }

  private void time(
      ServedModels models, String name, String words, Function<QueueStatistics, WorkTime> of) {
    FunctionTimer.builder(
            "reticent." + name,
            models,
            m -> of.apply(m.queue().statistics()).count(),
            m -> of.apply(m.queue().statistics()).nanos(),
            TimeUnit.NANOSECONDS)
        .description(words)
        .register(registry);
  }

  private void gauge(
      ServedModels models, String name, String words, ToDoubleFunction<QueueStatistics> value) {
    Gauge.builder("reticent." + name, models, m -> value.applyAsDouble(m.queue().statistics()))
        .description(words)
        .register(registry);
  }

  void rejected(String code) {
    Counter.builder("reticent.requests.rejected").tag("code", code).register(registry).increment();
  }

  /** Starts the clock of a request. */
  Timing start(String model) {
    return new Timing(model);
  }

  /** One request's times. Tokens are heard on the queue's thread, the rest on the event loop. */
  final class Timing {
    private final String model;
    private final long start = System.nanoTime();
    private volatile long first;
    private volatile long last;

    private Timing(String model) {
      this.model = model;
    }

    void token() {
      last = System.nanoTime();
      if (first == 0) {
        first = last;
      }
    }

    void completed(Collection<Generation> generations) {
      int prompt = 0;
      int completion = 0;
      for (Generation generation : generations) {
        prompt += generation.promptTokens();
        completion += generation.tokens().size();
      }
      counter("tokens.prompt").increment(prompt);
      counter("tokens.completion").increment(completion);
      if (completion > 1) {
        timer("time.per.token").record(Duration.ofNanos((last - first) / (completion - 1)));
      }
      outcome("completed");
    }

    /** The request ended with an error: the client's own mistake, or the server's failure. */
    void ended(int status) {
      outcome(status < 500 && status != 408 ? "refused" : "failed");
    }

    void cancelled() {
      outcome("cancelled");
    }

    private void outcome(String name) {
      if (first != 0) {
        timer("time.to.first.token").record(Duration.ofNanos(first - start));
      }
      Counter.builder("reticent.requests.finished")
          .tag("model", model)
          .tag("outcome", name)
          .register(registry)
          .increment();
    }

    private Counter counter(String name) {
      return Counter.builder("reticent." + name).tag("model", model).register(registry);
    }

    private Timer timer(String name) {
      return Timer.builder("reticent." + name)
          .tag("model", model)
          .serviceLevelObjectives(BUCKETS)
          .register(registry);
    }
  }
}
