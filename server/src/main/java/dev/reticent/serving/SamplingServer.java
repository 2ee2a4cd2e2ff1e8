package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.spi.VertxServiceProvider;
import io.vertx.core.spi.VertxTracerFactory;
import io.vertx.core.tracing.TracingOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.net.URI;
import java.util.EnumSet;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * An HTTP server that any OpenAI client can talk to.
 *
 * <p>Paths: {@code /v1/models}, {@code /v1/completions}, {@code /v1/chat/completions}, {@code
 * /health}, {@code /metrics}, {@code /openapi.yaml} and a page at {@code /}. It listens on this
 * machine only, unless told otherwise and given a key. Prompts are never logged.
 *
 * <pre>{@code
 * try (SamplingServer server = ServeRecipe.of(config).start()) {
 *   System.out.println(server.uri());
 * }
 * }</pre>
 */
public final class SamplingServer implements AutoCloseable {
  private static final long SETTLE_MILLIS = 6_000;

  /** For how long a connection may be open without a whole request. */
  private static final long IDLE_MILLIS = 30_000;

  /** Connections besides those of answers under way. */
  private static final int MOST_CONNECTIONS = 256;

  private final Vertx vertx;
  private final ServerOptions options;
  private final AdmissionGate gate;
  private volatile Optional<ModelRoutes> models = Optional.empty(); // until they are loaded
  private final ServerMetrics metrics = new ServerMetrics();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final int port;
  private final HttpServer server;

  private SamplingServer(ServerOptions options) {
    this.options = options;
    this.gate = new AdmissionGate(options.mostAnswers(), options.shutdownTimeoutSeconds());
    metrics.watch(gate, options.mostAnswers());
    this.vertx = vertx(metrics);
    Connections connections =
        new Connections(vertx, MOST_CONNECTIONS + 4 * options.mostAnswers(), IDLE_MILLIS);
    metrics.watch(connections);
    Handler<HttpServerRequest> routes =
        new Routes(gate, metrics, () -> models, connections).handler(vertx, options);
    this.server =
        vertx
            .createHttpServer(http(options))
            .invalidRequestHandler(SamplingServer::invalid)
            .connectionHandler(connections::opened)
            .requestHandler(
                request -> {
                  connections.asked(request);
                  routes.handle(request);
                });
    try {
      server.listen(options.port(), options.host()).await(30, TimeUnit.SECONDS);
    } catch (Exception e) { // await throws what the listening failed with, checked or not
      vertx.close();
      throw new UserInputException(
          "serving.port: the server cannot listen on %s, port %d: %s. Give another port, or 0 for any free one."
              .formatted(options.host(), options.port(), e.getMessage()),
          e);
    }
    this.port = server.actualPort();
  }

  /**
   * Starts a server: it listens at once, answers 503 while the models are being loaded on the
   * calling thread, and is ready when this returns. Closing it closes the models.
   *
   * @throws UserInputException if it cannot listen; what {@code models} throws is passed on
   */
  public static SamplingServer start(ServerOptions options, Supplier<ServedModels> models) {
    SamplingServer started = new SamplingServer(options);
    try {
      started.models =
          Optional.of(
              new ModelRoutes(started.vertx, options, started.gate, started.metrics, models.get()));
      started.gate.become(AdmissionGate.State.OPEN);
      return started;
    } catch (RuntimeException | Error e) {
      started.close();
      throw e;
    }
  }

  /** The port, which is chosen when the options say 0. */
  public int port() {
    return port;
  }

  /** The address of the page; clients want {@code uri() + "v1"}. */
  public URI uri() {
    boolean six = options.host().contains(":");
    return URI.create(
        "http://" + (six ? "[" + options.host() + "]" : options.host()) + ":" + port + "/");
  }

  /** How many answers are under way or waiting. */
  public int answersUnderWay() {
    return gate.taken();
  }

  /** Whether a module that traces, such as vertx-opentelemetry, is on the class path. */
  private static boolean hasTracer() {
    return ServiceLoader.load(VertxServiceProvider.class).stream()
        .anyMatch(provider -> VertxTracerFactory.class.isAssignableFrom(provider.type()));
  }

  private static Vertx vertx(ServerMetrics metrics) {
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(1) // JSON and sockets; the model computes on a thread of its own
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setUseDaemonThread(true)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false))
            .setMetricsOptions(
                new MicrometerMetricsOptions()
                    .setEnabled(true)
                    .setDisabledMetricsCategories(
                        EnumSet.complementOf(EnumSet.of(MetricsDomain.HTTP_SERVER)).stream()
                            .map(MetricsDomain::toCategory)
                            .collect(Collectors.toSet()))
                    .setLabels(EnumSet.of(Label.HTTP_METHOD, Label.HTTP_ROUTE, Label.HTTP_CODE)));
    if (hasTracer()) {
      options.setTracingOptions(new TracingOptions());
    }
    return Vertx.builder()
        .with(options)
        .withMetrics(new MicrometerMetricsFactory(metrics.registry()))
        .build();
  }

  private static HttpServerOptions http(ServerOptions options) {
    return new HttpServerOptions()
        // With HTTP/2 the JDK's client is sent GOAWAY at shutdown, and its streams die.
        .setHttp2ClearTextEnabled(false)
        .setIdleTimeout(options.requestTimeoutSeconds() + 60)
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setMaxInitialLineLength(4096)
        .setMaxHeaderSize(16384);
  }

  private static void invalid(HttpServerRequest request) {
    Replies.error(
            request.response(), ApiError.of(400, "bad_request", "This is not HTTP as expected."))
        .onComplete(written -> request.connection().close());
  }

  /**
   * Takes no new requests, lets those under way finish for the time the options give, ends the rest
   * with an error, and frees the models. Does nothing a second time.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    gate.become(AdmissionGate.State.DRAINING);
    boolean interrupted = false;
    try {
      if (models.isPresent()) {
        ModelRoutes live = models.get();
        if (!gate.awaitNone(options.shutdownTimeoutSeconds() * 1000L)) {
          live.failAll(ApiError.unavailable("shutting_down", "The server is shutting down.", 1));
          gate.awaitNone(SETTLE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    try {
      server.close().await(10, TimeUnit.SECONDS);
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the server does not stop", e);
    } finally {
      models.ifPresent(ModelRoutes::close);
      metrics.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
