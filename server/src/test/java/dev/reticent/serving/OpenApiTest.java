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
  private static SamplingServer server;
  private static Http http;
  private static JsonNode api;

  @BeforeAll
  static void start() {
    server = Servers.scripted(Servers.OPTIONS, 4, Servers.endless(0));
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
          .router(vertx, Servers.OPTIONS).getRoutes().stream()
              .filter(route -> route.getPath() != null)
              .forEach(route -> routes.add(route.getPath().replace(":id", "{id}")));
      Set<String> paths = new TreeSet<>();
      api.get("paths").fieldNames().forEachRemaining(paths::add);
      assertThat(routes).isEqualTo(paths);
    } finally {
      vertx.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void theFieldsOfRequestsAreThoseThatAreRead(Api kind) {
    RequestFields fields = new RequestFields(JsonNodeFactory.instance.objectNode());
    try {
      new RequestReader(9, new FieldPolicy()).read(kind, fields);
    } catch (ApiException expected) {
      assertThat(expected.error().status()).isEqualTo(400);
    }
    Set<String> read = new TreeSet<>(fields.declared());
    read.addAll(FieldPolicy.WITHOUT_EFFECT);
    read.remove(kind == Api.CHAT ? "echo" : "top_logprobs"); // asked for to be refused
    Set<String> told = new TreeSet<>();
    JsonNode schema =
        api.at(
            "/components/schemas/"
                + (kind == Api.CHAT ? "ChatRequest" : "CompletionRequest")
                + "/properties");
    schema.fieldNames().forEachRemaining(told::add);
    assertThat(told).isEqualTo(read);
    assertThat(told).doesNotContainAnyElementsOf(FieldPolicy.REFUSED.keySet());
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void numbersAreTakenUpToTheirLimitsAndNotBeyond(Api kind) {
    boolean chat = kind == Api.CHAT;
    String path = chat ? Http.CHAT : Http.COMPLETIONS;
    String start =
        chat
            ? "{'model':'scripted','max_tokens':1,'messages':[{'role':'user','content':'x'}]"
            : "{'model':'scripted','max_tokens':1,'prompt':'x'";
    int checked = 0;
    for (var entry :
        api.at(
                "/components/schemas/"
                    + (chat ? "ChatRequest" : "CompletionRequest")
                    + "/properties")
            .properties()) {
      JsonNode field = entry.getValue();
      if (field.has("$ref")) {
        field = api.at(field.get("$ref").asText().substring(1));
      }
      String name = entry.getKey();
      boolean whole = field.path("type").asText().equals("integer");
      double step = whole ? 1 : 0.001;
      String rest = name.equals("top_logprobs") ? ",'logprobs':true" : "";
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
