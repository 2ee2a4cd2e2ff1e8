package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With OpenTelemetry on the class path each request is a span, as a collector receives it. */
@Timeout(60)
class TracingTest {
  private final BlockingQueue<Span> received = new LinkedBlockingQueue<>();

  @Test
  void aRequestIsASpanThatAnOtlpCollectorReceives() throws Exception {
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          collect(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    String endpoint = "http://localhost:" + collector.getAddress().getPort() + "/v1/traces";
    OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder().setEndpoint(endpoint).build();
    GlobalOpenTelemetry.resetForTest();
    try (OpenTelemetrySdk sdk =
            OpenTelemetrySdk.builder()
                .setTracerProvider(
                    SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .buildAndRegisterGlobal();
        SamplingServer server = Servers.scripted(Servers.OPTIONS, 1, Servers.endless(0))) {
      Http http = new Http(server);
      http.ok(Http.COMPLETIONS, "{'model':'scripted','prompt':'secret','max_tokens':2}");
      http.refused(400, "invalid_value", Http.COMPLETIONS, "{'model':'scripted','prompt':7}");
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
      isSpan(next(), "200");
      isSpan(next(), "400");
    } finally {
      GlobalOpenTelemetry.resetForTest();
      collector.stop(0);
    }
  }

  private void collect(ExportTraceServiceRequest request) {
    request.getResourceSpansList().stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .forEach(scope -> received.addAll(scope.getSpansList()));
  }

  private Span next() throws InterruptedException {
    Span span = received.poll(20, TimeUnit.SECONDS);
    assertThat(span).isNotNull();
    return span;
  }

  private static void isSpan(Span span, String status) {
    assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(span.getName()).contains("POST");
    assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
    Map<String, String> attributes =
        span.getAttributesList().stream()
            .collect(Collectors.toMap(a -> a.getKey(), a -> a.getValue().toString()));
    assertThat(attributes.toString()).contains(status).doesNotContain("secret");
  }
}
