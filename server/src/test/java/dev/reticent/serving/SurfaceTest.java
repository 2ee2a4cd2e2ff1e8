package dev.reticent.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.Config;
import dev.reticent.model.Golden;
import java.net.http.HttpClient;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients are answered, by a real tiny model and its adapter. */
class SurfaceTest {
  private static SamplingServer server;
  private static Http http;

  @BeforeAll
  static void start() {
    server =
        ServeRecipe.of(
                Config.empty()
                    .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
                    .with("adapters_root", Golden.folder("mistral-tiny").toString())
                    .with("adapters", List.of("adapter"))
                    .with("serving.port", 0))
            .start();
    http = new Http(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** golden.json's greedy tokens, which transformers drew. */
  @Test
  void aGreedyCompletionOfIdsIsTransformers() throws Exception {
    JsonNode golden =
        Http.JSON.readTree(Golden.folder("mistral-tiny").resolve("golden.json").toFile());
    for (int p = 0; p < 3; p++) {
      JsonNode answer =
          http.ok(
              Http.COMPLETIONS,
              "{'model':'mistral-tiny','prompt':%s,'max_tokens':48,'temperature':0,'ignore_eos':true,'logprobs':0}"
                  .formatted(golden.get("input_ids").get(p)));
      JsonNode choice = answer.get("choices").get(0);
      assertThat(choice.get("finish_reason").asText()).isEqualTo("length");
      assertThat(choice.get("logprobs").get("tokens")).hasSize(48);
      assertThat(answer.get("usage").get("completion_tokens").asInt()).isEqualTo(48);
      assertThat(choice.get("text").asText()).isEqualTo(text(golden.get("greedy").get(p)));
    }
  }

  private static String text(JsonNode ids) {
    try (var tokenizer = dev.reticent.text.Tokenizer.open(Golden.folder("mistral-tiny"))) {
      return tokenizer.decode(
          StreamSupport.stream(ids.spliterator(), false).mapToInt(JsonNode::asInt).toArray(), true);
    }
  }

  @Test
  void modelsListTheBaseAndItsAdapter() {
    JsonNode list = Http.parse(http.get("v1/models").body());
    assertThat(list.get("object").asText()).isEqualTo("list");
    assertThat(list.get("data")).hasSize(2);
    JsonNode base = Http.parse(http.get("v1/models/mistral-tiny").body());
    assertThat(base).isEqualTo(list.get("data").get(0));
    assertThat(base.get("parent").isNull()).isTrue();
    assertThat(base.get("max_model_len").asInt()).isEqualTo(256);
    JsonNode adapter = Http.parse(http.get("v1/models/adapter").body());
    assertThat(adapter.get("parent").asText()).isEqualTo("mistral-tiny");
    assertThat(adapter.has("privacy")).isFalse();
    assertThat(adapter.toString()).doesNotContain("/");
    Http.error(http.get("v1/models/..%2F..%2Fetc"), 404, "model_not_found");
    http.refused(
        404,
        "model_not_found",
        Http.CHAT,
        "{'model':'x','messages':[{'role':'user','content':''}]}");
  }

  @Test
  void theAdapterAnswersOtherwiseThanTheBase() {
    String body = "{'model':'%s','prompt':'Delta tables keep','temperature':0,'max_tokens':24}";
    JsonNode base = http.ok(Http.COMPLETIONS, body.formatted("mistral-tiny"));
    JsonNode adapter = http.ok(Http.COMPLETIONS, body.formatted("adapter"));
    assertThat(adapter.get("choices").get(0).get("text"))
        .isNotEqualTo(base.get("choices").get(0).get("text"));
    assertThat(adapter.get("system_fingerprint")).isNotEqualTo(base.get("system_fingerprint"));
  }

  @ParameterizedTest
  @CsvSource({"v1/chat/completions,false", "v1/completions,false", "v1/chat/completions,true"})
  void aStreamSaysWhatAWholeAnswerSays(String path, boolean logprobs) {
    boolean chat = path.equals(Http.CHAT);
    String rest =
        chat
            ? "'messages':[{'role':'user','content':'Tables?'}]"
            : "'prompt':['Tables','and catalogs'],'echo':true";
    String common =
        "{'model':'adapter',%s,'max_tokens':40,'seed':7,'n':3,'temperature':0.9,'top_p':0.95%s"
            .formatted(rest, logprobs ? ",'logprobs':true,'top_logprobs':2" : "");
    JsonNode whole = http.ok(path, common + "}");
    String body =
        http.post(path, common + ",'stream':true,'stream_options':{'include_usage':true}}").body();
    List<JsonNode> events = Http.events(body);
    int answers = chat ? 3 : 6;
    assertThat(whole.get("choices")).hasSize(answers);
    for (int i = 0; i < answers; i++) {
      int index = i;
      List<JsonNode> own =
          events.stream()
              .flatMap(e -> StreamSupport.stream(e.get("choices").spliterator(), false))
              .filter(c -> c.get("index").asInt() == index)
              .toList();
      String text =
          own.stream()
              .map(c -> (chat ? c.get("delta").path("content") : c.get("text")).asText())
              .collect(Collectors.joining());
      JsonNode choice = whole.get("choices").get(i);
      assertThat(text)
          .isEqualTo((chat ? choice.get("message").get("content") : choice.get("text")).asText())
          .isNotEmpty();
      assertThat(own.get(own.size() - 1).get("finish_reason"))
          .isEqualTo(choice.get("finish_reason"));
      if (chat) {
        assertThat(own.get(0).get("delta").get("role").asText()).isEqualTo("assistant");
      } else {
        assertThat(text).startsWith(i < 3 ? "Tables" : "and catalogs");
      }
      if (logprobs) {
        List<String> tokens = own.stream().flatMap(c -> tokens(c.get("logprobs"))).toList();
        assertThat(tokens).isEqualTo(tokens(choice.get("logprobs")).toList()).isNotEmpty();
      }
    }
    JsonNode usage = events.get(events.size() - 1);
    assertThat(usage.get("choices")).isEmpty();
    assertThat(usage.get("usage").get("completion_tokens"))
        .isEqualTo(whole.get("usage").get("completion_tokens"));
    assertThat(events.stream().map(e -> e.get("id")).distinct()).hasSize(1);
    assertThat(events.stream().map(e -> e.get("created")).distinct()).hasSize(1);
    assertThat(events.stream().limit(events.size() - 1).noneMatch(e -> e.has("usage"))).isTrue();
  }

  private static java.util.stream.Stream<String> tokens(JsonNode logprobs) {
    return StreamSupport.stream(logprobs.path("content").spliterator(), false)
        .map(JsonNode::toString);
  }

  @Test
  void withoutAskingAStreamHasNoUsage() {
    List<JsonNode> events =
        Http.events(
            http.post(Http.COMPLETIONS, "{'model':'adapter','prompt':'a','stream':true}").body());
    assertThat(events.stream().noneMatch(e -> e.has("usage"))).isTrue();
  }

  @Test
  void answersWithOneSeedAreEqualAndOfNAllDiffer() {
    String body =
        "{'model':'mistral-tiny','prompt':'One','max_tokens':24,'seed':%d,'n':4,'ignore_eos':true}";
    List<String> first = texts(http.ok(Http.COMPLETIONS, body.formatted(3)));
    assertThat(texts(http.ok(Http.COMPLETIONS, body.formatted(3)))).isEqualTo(first);
    assertThat(first).doesNotHaveDuplicates();
    assertThat(texts(http.ok(Http.COMPLETIONS, body.formatted(4)))).isNotEqualTo(first);
    long largest = Long.MAX_VALUE;
    assertThat(texts(http.ok(Http.COMPLETIONS, body.formatted(largest))))
        .isEqualTo(texts(http.ok(Http.COMPLETIONS, body.formatted(largest))));
  }

  private static List<String> texts(JsonNode answer) {
    return StreamSupport.stream(answer.get("choices").spliterator(), false)
        .map(c -> c.get("text").asText())
        .toList();
  }

  @Test
  void stopsEndTextsBeforeThemInBothKinds() {
    String ask = "{'model':'mistral-tiny','prompt':'How','temperature':0,'max_tokens':40%s}";
    String free = texts(http.ok(Http.COMPLETIONS, ask.formatted(""))).get(0);
    String stop = free.substring(8, 11);
    String cut = free.substring(0, free.indexOf(stop));
    String stopJson = Http.JSON.valueToTree(stop).toString();
    for (String value : List.of(stopJson, "[" + stopJson + "]", "[\"zzzz\"," + stopJson + "]")) {
      JsonNode answer = http.ok(Http.COMPLETIONS, ask.formatted(",'stop':" + value));
      assertThat(texts(answer)).containsExactly(cut);
      assertThat(answer.get("choices").get(0).get("finish_reason").asText()).isEqualTo("stop");
    }
    JsonNode first =
        http.ok(Http.COMPLETIONS, ask.formatted(",'logprobs':1"))
            .get("choices")
            .get(0)
            .get("logprobs");
    assertThat(first.get("top_logprobs").get(0).size()).isEqualTo(1);
  }

  @Test
  void aBiasExcludesOrForcesATokenAndATokenCanStop() {
    String ask = "{'model':'mistral-tiny','prompt':'How','temperature':0,'max_tokens':6%s}";
    String free = texts(http.ok(Http.COMPLETIONS, ask.formatted(""))).get(0);
    JsonNode forced =
        http.ok(Http.COMPLETIONS, ask.formatted(",'logit_bias':{'70':100},'logprobs':0"));
    JsonNode logprobs = forced.get("choices").get(0).get("logprobs");
    assertThat(logprobs.get("tokens").get(0)).isEqualTo(logprobs.get("tokens").get(5));
    // The model's own log-probability is reported, whatever the bias.
    assertThat(logprobs.get("token_logprobs").get(0).asDouble()).isLessThan(-0.5);
    JsonNode stopped =
        http.ok(Http.COMPLETIONS, ask.formatted(",'logit_bias':{'70':100},'stop_token_ids':[70]"));
    assertThat(texts(stopped)).containsExactly("");
    assertThat(stopped.get("choices").get(0).get("finish_reason").asText()).isEqualTo("stop");
    assertThat(texts(http.ok(Http.COMPLETIONS, ask.formatted(",'logit_bias':{'70':-100}"))))
        .allMatch(t -> !t.contains(logprobs.get("tokens").get(0).asText()) || free.equals(t));
  }

  @Test
  void chatLogprobsAreProbabilitiesWithTheBytesOfTheirTokens() {
    JsonNode answer =
        http.ok(
            Http.CHAT,
            "{'model':'adapter','messages':[{'role':'user','content':'x'}],'max_completion_tokens':5,'logprobs':true,'top_logprobs':20,'seed':1}");
    for (JsonNode token : answer.get("choices").get(0).get("logprobs").get("content")) {
      assertThat(token.get("top_logprobs")).hasSize(20);
      double sum = 0;
      double last = 0;
      for (JsonNode top : token.get("top_logprobs")) {
        assertThat(top.get("logprob").asDouble()).isBetween(-9999.0, last);
        last = top.get("logprob").asDouble();
        sum += Math.exp(last);
      }
      assertThat(sum).isLessThanOrEqualTo(1 + 1e-6);
      byte[] bytes = new byte[token.get("bytes").size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) token.get("bytes").get(i).asInt();
      }
      assertThat(new String(bytes, UTF_8)).isEqualTo(token.get("token").asText()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void jsonAnswersParseAndFitTheirSchema(boolean stream) {
    String schema =
        "{'type':'object','properties':{'name':{'type':'string','maxLength':12},'age':{'type':'integer','minimum':0,'maximum':130}},'required':['name','age'],'additionalProperties':false}";
    for (int seed = 0; seed < 6; seed++) {
      for (String format :
          List.of(
              "{'type':'json_object'}",
              "{'type':'json_schema','json_schema':{'name':'person','strict':true,'schema':%s}}"
                  .formatted(schema))) {
        String ask =
            "{'model':'adapter','messages':[{'role':'user','content':'Who?'}],'max_tokens':60,'seed':%d,'stream':%s,'response_format':%s}"
                .formatted(seed, stream, format);
        String text;
        if (stream) {
          text =
              Http.events(http.post(Http.CHAT, ask).body()).stream()
                  .map(e -> e.get("choices").get(0).get("delta").path("content").asText(""))
                  .collect(Collectors.joining());
        } else {
          text =
              http.ok(Http.CHAT, ask).get("choices").get(0).get("message").get("content").asText();
        }
        JsonNode value = Http.parse(text);
        assertThat(value.isObject()).as(text).isTrue();
        if (format.contains("person")) {
          assertThat(value.get("name").isTextual() && value.get("age").isInt()).isTrue();
          assertThat(value.get("age").asInt()).isBetween(0, 130);
          assertThat(value).hasSize(2);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'yaml'}|unsupported_parameter",
        "{'type':'json_schema'}|invalid_value",
        "{'type':'json_schema','json_schema':{'strict':true,'schema':{'type':'object'}}}|invalid_value",
        "{'type':'json_schema','json_schema':{'strict':1,'schema':{'type':'object'}}}|invalid_value",
        "{'type':'json_schema','json_schema':{'schema':{'not':{}}}}|invalid_value",
        "{'type':'json_schema','json_schema':{'schema':{'type':'string','minLength':90}}}|invalid_value",
        "{'type':'json_object'},'stop':'a'|unsupported_parameter",
        "{'type':'json_object'},'logit_bias':{'5':-100}|unsupported_parameter",
        "'json_object'|invalid_value"
      })
  void formsThatCannotBeEnforcedAreRefused(String format, String code) {
    String ask = "{'model':'adapter','prompt':'x','max_tokens':9,'response_format':%s}";
    http.refused(400, code, Http.COMPLETIONS, ask.formatted(format));
  }

  @Test
  void bothNamesOfTheMostTokensWorkAndPartsAreJoined() {
    for (String name : List.of("max_tokens", "max_completion_tokens")) {
      JsonNode answer =
          http.ok(
              Http.CHAT,
              "{'model':'adapter','messages':[{'role':'developer','content':'s'},{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}],'%s':3,'ignore_eos':true}"
                  .formatted(name));
      assertThat(answer.get("usage").get("completion_tokens").asInt()).isEqualTo(3);
      assertThat(answer.get("object").asText()).isEqualTo("chat.completion");
    }
    JsonNode rest =
        http.ok(
            Http.CHAT,
            "{'model':'adapter','messages':[{'role':'user','content':'x'}],'ignore_eos':true}");
    assertThat(rest.get("usage").get("total_tokens").asInt()).isEqualTo(256);
    JsonNode sixteen =
        http.ok(Http.COMPLETIONS, "{'model':'adapter','prompt':'x','ignore_eos':true}");
    assertThat(sixteen.get("usage").get("completion_tokens").asInt()).isEqualTo(16);
  }

  @Test
  void promptsComeInFourForms() {
    for (String prompt : List.of("'a b'", "['a','b']", "[5,6,7]", "[[5],[6,7]]")) {
      JsonNode answer =
          http.ok(
              Http.COMPLETIONS,
              "{'model':'adapter','max_tokens':2,'ignore_eos':true,'prompt':" + prompt + "}");
      assertThat(answer.get("choices").size())
          .isEqualTo(prompt.contains("],[") || prompt.contains("','") ? 2 : 1);
    }
  }

  @Test
  void whatDoesNotFitTheContextIsRefused() {
    String long300 = "word ".repeat(300);
    for (String rest : List.of("'max_tokens':1", "'n':2")) {
      assertThat(
              http.refused(
                      400,
                      "context_length_exceeded",
                      Http.COMPLETIONS,
                      "{'model':'adapter','prompt':'" + long300 + "'," + rest + "}")
                  .get("param")
                  .asText())
          .isEqualTo("prompt");
    }
    http.refused(
        400,
        "context_length_exceeded",
        Http.CHAT,
        "{'model':'adapter','messages':[{'role':'user','content':'x'}],'max_tokens':256}");
  }

  @Test
  void theServerKeepsToHttp1WithAClientThatAsksForMore() {
    assertThat(http.client.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(http.get("health").version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(http.get("health").body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void metricsCountByRouteStatusAndModel() {
    http.ok(Http.COMPLETIONS, "{'model':'adapter','prompt':'x','max_tokens':4,'ignore_eos':true}");
    http.get("v1/models/adapter");
    http.get("v1/nothing/at/all");
    String metrics = http.get("metrics").body();
    assertThat(metrics)
        .contains(
            "reticent_tokens_completion_total{model=\"adapter\"}",
            "reticent_time_to_first_token_seconds_count{model=\"adapter\"}",
            "reticent_time_per_token_seconds_count",
            "reticent_queue_depth 0.0",
            "reticent_slots_running 0.0",
            "reticent_kv_blocks_used 0.0",
            "reticent_prefix_hit_tokens_total",
            "route=\"/v1/completions\"",
            "route=\"/v1/models/:id\"",
            "code=\"200\"")
        .doesNotContain("/v1/models/adapter", "at/all");
    assertThat(http.metric("reticent_answers_admitted")).isCloseTo(0, within(0.0));
  }
}
