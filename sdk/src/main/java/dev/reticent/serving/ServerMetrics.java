package dev.reticent.serving;

import dev.reticent.sampling.EngineStatistics;
import dev.reticent.sampling.Generation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Collection;
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

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  PrometheusMeterRegistry registry() {
    return registry;
  }

  String scrape() {
    return registry.scrape();
  }

  /** Shows the gate's permits. */
  void watch(AdmissionGate gate, int mostAnswers) {
    Gauge.builder("reticent.answers.admitted", gate, AdmissionGate::taken).register(registry);
    Gauge.builder("reticent.answers.limit", () -> mostAnswers).register(registry);
  }

  /** Shows the engine. */
  void watch(ServedModels models) {
    gauge(models, "queue.depth", EngineStatistics::waiting);
    gauge(models, "slots.running", EngineStatistics::running);
    gauge(models, "slots", EngineStatistics::rows);
    gauge(models, "kv.blocks", EngineStatistics::blocks);
    gauge(models, "kv.blocks.used", EngineStatistics::usedBlocks);
    gauge(models, "kv.blocks.cached", EngineStatistics::cachedBlocks);
    gauge(models, "kv.blocks.free", s -> s.blocks() - s.usedBlocks());
    count(models, "prefix.hit.tokens", EngineStatistics::cachedTokens);
  }

  private void gauge(
      ServedModels models, String name, ToDoubleFunction<EngineStatistics> value) {
    Gauge.builder(
            "reticent." + name, models, m -> value.applyAsDouble(m.engine().statistics()))
        .register(registry);
  }

  private void count(
      ServedModels models, String name, ToDoubleFunction<EngineStatistics> value) {
    FunctionCounter.builder(
            "reticent." + name, models, m -> value.applyAsDouble(m.engine().statistics()))
        .register(registry);
  }

  void rejected(String code) {
    Counter.builder("reticent.requests.rejected").tag("code", code).register(registry).increment();
  }

  /** Starts the clock of a request. */
  Timing start(String model) {
    return new Timing(model);
  }

  /** One request's times. Tokens are heard on the engine's thread, the rest on the event loop. */
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
        timer("time.to.first.token").record(Duration.ofNanos(first - start));
      }
    }

    void completed(Collection<Generation> generations) {
      long prompt = 0;
      long completion = 0;
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

    void failed() {
      outcome("failed");
    }

    void cancelled() {
      outcome("cancelled");
    }

    private void outcome(String name) {
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
