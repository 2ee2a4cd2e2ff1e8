package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.reticent.serving.TextRequest.Api;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/** openapi.yaml says what the server does. */
class OpenApiTest {
  private static final String ADMIN = "the-key-of-the-admin";
  private static final ServerOptions OPTIONS = Servers.OPTIONS.withAdminKey(ApiKey.of(ADMIN));
  private static SamplingServer server;
  private static Http http;
  private static JsonNode api;

  @BeforeAll
  static void start() {
    server = Servers.scripted(OPTIONS, 4, Servers.endless(0));
    http = new Http(server);
    String yaml = new String(Resources.read("openapi.yaml"), StandardCharsets.UTF_8);
    api = Http.JSON.valueToTree(new Yaml().load(yaml));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonSchema schema(String name) {
    JsonNode root = JsonNodeFactory.instance.objectNode();
    ((com.fasterxml.jackson.databind.node.ObjectNode) root)
        .put("$ref", "#/components/schemas/" + name)
        .set("components", api.get("components"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(root);
  }

  private static void fits(String name, JsonNode value) {
    assertThat(schema(name).validate(value)).as("%s: %s", name, value).isEmpty();
  }

  @Test
  void theServerGivesOutThisVeryFile() {
    assertThat(http.get("openapi.yaml").body())
        .isEqualTo(new String(Resources.read("openapi.yaml"), StandardCharsets.UTF_8));
    assertThat(api.get("openapi").asText()).startsWith("3.1");
  }

  @Test
  void everyPathIsThereForItsMethodsAndNoOthers() {
    api.get("paths")
        .properties()
        .forEach(
            path -> {
              Set<String> methods = new TreeSet<>();
              path.getValue().fieldNames().forEachRemaining(methods::add);
              for (String method : List.of("get", "post", "put", "delete", "patch")) {
                int status = status(method, path.getKey().replace("{id}", Servers.MODEL));
                if (methods.contains(method)) {
                  assertThat(status).as(method + path.getKey()).isIn(200, 400);
                } else {
                  assertThat(status).as(method + path.getKey()).isEqualTo(405);
                }
              }
            });
  }

  private static int status(String method, String path) {
    return http.send(
            HttpRequest.newBuilder(server.uri().resolve(path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + ADMIN)
                .method(
                    method.toUpperCase(java.util.Locale.ROOT),
                    HttpRequest.BodyPublishers.ofString("{}"))
                .build())
        .statusCode();
  }

  /** A route that the file does not name would be found by no other test. */
  @Test
  void everyRouteIsAPathOfTheFile() {
    io.vertx.core.Vertx vertx = io.vertx.core.Vertx.vertx();
    try {
      Set<String> routes = new TreeSet<>();
      new Routes(
              new AdmissionGate(1, 1),
              new ServerMetrics(),
              java.util.Optional::empty,
              new Connections(vertx, 1, 1000))
          .router(vertx, OPTIONS).getRoutes().stream()
              .filter(route -> route.getPath() != null)
              .forEach(route -> routes.add(route.getPath().replace(":id", "{id}")));
      Set<String> paths = new TreeSet<>();
      api.get("paths").fieldNames().forEachRemaining(paths::add);
      assertThat(routes).isEqualTo(paths);
    } finally {
      vertx.close();
    }
  }

  private static final Map<Api, String> REQUESTS =
      Map.of(
          Api.COMPLETIONS, "CompletionRequest",
          Api.CHAT, "ChatRequest",
          Api.RESPONSES, "ResponseRequest");

  private static JsonNode properties(Api kind) {
    return api.at("/components/schemas/" + REQUESTS.get(kind) + "/properties");
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void theFieldsOfRequestsAreThoseThatAreRead(Api kind) {
    RequestFields fields = new RequestFields(JsonNodeFactory.instance.objectNode());
    ResponseStore store = new ResponseStore(1, 9);
    try {
      if (kind == Api.RESPONSES) {
        new ResponseReader(9, new FieldPolicy(), Optional.empty(), store).read(fields);
      } else {
        new RequestReader(9, new FieldPolicy()).read(kind, fields);
      }
    } catch (ApiException expected) {
      assertThat(expected.error().status()).isEqualTo(400);
    }
    Set<String> read = new TreeSet<>(fields.declared());
    read.addAll(FieldPolicy.WITHOUT_EFFECT);
    read.remove( // asked for to be refused
        switch (kind) {
          case CHAT -> "echo";
          case COMPLETIONS -> "top_logprobs";
          case RESPONSES -> "";
        });
    Set<String> told = new TreeSet<>();
    properties(kind).fieldNames().forEachRemaining(told::add);
    assertThat(told).isEqualTo(read);
    assertThat(told).doesNotContainAnyElementsOf(FieldPolicy.REFUSED.keySet());
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void numbersAreTakenUpToTheirLimitsAndNotBeyond(Api kind) {
    String path =
        Map.of(Api.CHAT, Http.CHAT, Api.COMPLETIONS, Http.COMPLETIONS)
            .getOrDefault(kind, Http.RESPONSES);
    String start =
        switch (kind) {
          case CHAT ->
              "{'model':'scripted','max_tokens':1,'messages':[{'role':'user','content':'x'}]";
          case COMPLETIONS -> "{'model':'scripted','max_tokens':1,'prompt':'x'";
          case RESPONSES -> "{'model':'scripted','max_output_tokens':1,'input':'x'";
        };
    int checked = 0;
    for (var entry : properties(kind).properties()) {
      JsonNode field = entry.getValue();
      if (field.has("$ref")) {
        field = api.at(field.get("$ref").asText().substring(1));
      }
      String name = entry.getKey();
      boolean whole = field.path("type").asText().equals("integer");
      double step = whole ? 1 : 0.001;
      String wanting =
          kind == Api.RESPONSES
              ? ",'include':['message.output_text.logprobs']"
              : ",'logprobs':true";
      String rest = name.equals("top_logprobs") ? wanting : "";
      for (String limit : List.of("minimum", "maximum", "exclusiveMinimum")) {
        if (!field.has(limit) || name.startsWith("max_")) {
          continue;
        }
        double edge = field.get(limit).asDouble();
        double beyond = limit.equals("maximum") ? edge + step : edge - step;
        double inside = limit.equals("exclusiveMinimum") ? edge + step : edge;
        String ask = start + rest + ",'" + name + "':%s}";
        assertThat(http.post(path, ask.formatted(number(whole, inside))).statusCode())
            .as(ask, inside)
            .isEqualTo(200);
        http.refused(400, "invalid_value", path, ask.formatted(number(whole, beyond)));
        checked++;
      }
    }
    assertThat(checked).isGreaterThanOrEqualTo(14);
  }

  private static String number(boolean whole, double value) {
    return whole ? Long.toString((long) value) : Double.toString(value);
  }

  @Test
  void answersFitTheirSchemas() {
    fits("Health", Http.parse(http.get("health").body()));
    fits("ModelList", Http.parse(http.get("v1/models").body()));
    fits("Model", Http.parse(http.get("v1/models/scripted").body()));
    fits("Error", Http.parse(http.get("v1/models/none").body()));
    fits("Error", Http.parse(http.post(Http.CHAT, "{}").body()));
    for (String extra : List.of("", ",'n':2", ",'logprobs':true,'top_logprobs':3")) {
      String ask =
          "{'model':'scripted','messages':[{'role':'user','content':'x'}],'max_tokens':3%s%s}";
      fits("ChatRequest", Http.parse(ask.formatted(extra, "").replace('\'', '"')));
      fits("Chat", http.ok(Http.CHAT, ask.formatted(extra, "")));
      stream(http.post(Http.CHAT, ask.formatted(extra, usage())))
          .forEach(e -> fits("ChatChunk", e));
    }
    fits(
        "Completion",
        http.ok(
            Http.COMPLETIONS,
            "{'model':'scripted','prompt':'xy','max_tokens':0,'echo':true,'logprobs':2}"));
    for (String extra : List.of("", ",'echo':true", ",'logprobs':3", ",'n':2")) {
      String ask = "{'model':'scripted','prompt':['x',[5]],'max_tokens':3%s%s}";
      fits(
          "CompletionRequest",
          Http.parse(ask.formatted(extra, "").replace('\'', '"').replace(",[5]", "")));
      ask = ask.replace(",[5]", ",'y'");
      fits("Completion", http.ok(Http.COMPLETIONS, ask.formatted(extra, "")));
      stream(http.post(Http.COMPLETIONS, ask.formatted(extra, usage())))
          .forEach(e -> fits("CompletionChunk", e));
    }
  }

  @Test
  void responsesFitTheirSchemas() {
    for (String extra :
        List.of("", ",'include':['message.output_text.logprobs'],'top_logprobs':2")) {
      String ask = "{'model':'scripted','input':'x','max_output_tokens':3%s%s}";
      fits("ResponseRequest", Http.parse(ask.formatted(extra, "").replace('\'', '"')));
      fits("Response", http.ok(Http.RESPONSES, ask.formatted(extra, "")));
      List<JsonNode> events =
          Http.named(http.post(Http.RESPONSES, ask.formatted(extra, ",'stream':true")).body());
      assertThat(events).hasSizeGreaterThan(7);
      events.forEach(event -> fits("ResponseEvent", event));
      fits("Response", events.get(events.size() - 1).get("response"));
    }
  }

  private static String usage() {
    return ",'stream':true,'stream_options':{'include_usage':true}";
  }

  private static List<JsonNode> stream(HttpResponse<String> response) {
    List<JsonNode> events = new ArrayList<>(Http.events(response.body()));
    assertThat(events).hasSizeGreaterThan(3);
    return events;
  }

  /** The checks above can fail. */
  @Test
  void aWrongAnswerDoesNotFit() {
    JsonNode wrong = Http.parse("{\"id\":\"cmpl-1\",\"object\":\"chat.completion\"}");
    assertThat(schema("Chat").validate(wrong)).isNotEmpty();
    assertThat(schema("CompletionRequest").validate(Http.parse("{\"model\":\"m\",\"prompt\":1}")))
        .isNotEmpty();
  }
}
