package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.SseException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseIncludable;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseOutputText;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.ToolChoiceOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code /v1/responses} as openai-java uses it. */
@Timeout(60)
class ResponsesTest {
  private static SamplingServer server;
  private static SamplingServer caller;
  private static OpenAIClient openai;
  private static OpenAIClient calling;
  private static Http http;

  @BeforeAll
  static void start() {
    server =
        Servers.scripted(
            Servers.OPTIONS.withKeptResponses(2),
            4,
            tokens -> {
              float[] logits = Servers.only(70 + tokens.size() % 7);
              if (tokens.size() > 300 && tokens.size() % 7 == 5) {
                Arrays.fill(logits, Float.NaN);
              }
              return logits;
            });
    caller =
        Servers.withTools(
            Servers.OPTIONS.withKeptResponses(2),
            "<tool_call>",
            Servers.says("Let me see.<tool_call>"));
    openai = client(server);
    calling = client(caller);
    http = new Http(server);
  }

  @AfterAll
  static void stop() {
    openai.close();
    calling.close();
    server.close();
    caller.close();
  }

  private static OpenAIClient client(SamplingServer server) {
    return OpenAIOkHttpClient.builder().baseUrl(server.uri() + "v1").apiKey("none").build();
  }

  private static ResponseCreateParams.Builder ask(String text) {
    return ResponseCreateParams.builder()
        .model(Servers.MODEL)
        .instructions("Be short.")
        .input(text)
        .maxOutputTokens(12);
  }

  private static ResponseOutputText text(Response response) {
    return response
        .output()
        .get(response.output().size() - 1)
        .asMessage()
        .content()
        .get(0)
        .asOutputText();
  }

  private static Response streamed(OpenAIClient client, ResponseCreateParams params) {
    ResponseAccumulator all = ResponseAccumulator.create();
    try (StreamResponse<ResponseStreamEvent> stream = client.responses().createStreaming(params)) {
      stream.stream().map(ResponseStreamEvent::validate).forEach(all::accumulate);
    }
    return all.response();
  }

  @Test
  void anAnswerIsReadWholeAndStreamedAlike() {
    ResponseCreateParams params =
        ask("Hello")
            .temperature(0.5)
            .putAdditionalBodyProperty("seed", JsonValue.from(3))
            .addInclude(ResponseIncludable.MESSAGE_OUTPUT_TEXT_LOGPROBS)
            .topLogprobs(2)
            .build();
    Response whole = openai.responses().create(params).validate();
    assertThat(whole.status().orElseThrow()).isEqualTo(ResponseStatus.INCOMPLETE);
    assertThat(whole.incompleteDetails().orElseThrow().reason().orElseThrow().asString())
        .isEqualTo("max_output_tokens");
    assertThat(whole.usage().orElseThrow().outputTokens()).isEqualTo(12);
    assertThat(text(whole).logprobs().orElseThrow()).hasSize(12);
    Response streamed = streamed(openai, params).validate();
    assertThat(text(streamed).text()).isNotEmpty().isEqualTo(text(whole).text());
    assertThat(text(streamed).logprobs()).isEqualTo(text(whole).logprobs());
    assertThat(streamed.usage().orElseThrow().outputTokens()).isEqualTo(12);
    assertThat(streamed.instructions().orElseThrow().asString()).isEqualTo("Be short.");
  }

  @Test
  void aConversationGoesOnFromItsLastResponseAndTheOldestIsForgotten() {
    Response first = openai.responses().create(ask("one").build());
    Response next =
        openai.responses().create(ask("two").previousResponseId(first.id()).build()).validate();
    JsonNode whole =
        http.ok(
            Http.RESPONSES,
            "{'model':'scripted','instructions':'Be short.','max_output_tokens':12,'input':["
                + "{'role':'user','content':'one'},{'role':'assistant','content':'"
                + text(first).text()
                + "'},{'role':'user','content':[{'type':'input_text','text':'two'}]}]}");
    assertThat(whole.at("/usage/input_tokens").asLong())
        .isEqualTo(next.usage().orElseThrow().inputTokens());
    openai.responses().create(ask("three").store(false).build());
    openai.responses().create(ask("two").previousResponseId(next.id()).build());
    BadRequestException gone =
        catchThrowableOfType(
            BadRequestException.class,
            () -> openai.responses().create(ask("two").previousResponseId(first.id()).build()));
    assertThat(gone.code()).contains("previous_response_not_found");
  }

  @Test
  void nothingIsKeptUnlessTheServerIsToldTo() {
    try (SamplingServer plain = Servers.scripted(Servers.OPTIONS, 1, Servers.endless(0))) {
      Http to = new Http(plain);
      String ask = "{'model':'scripted','input':'x','max_output_tokens':1,'store':true%s}";
      JsonNode answer = to.ok(Http.RESPONSES, ask.formatted(""));
      assertThat(answer.get("store").asBoolean()).isFalse();
      to.refused(
          400,
          "unsupported_parameter",
          Http.RESPONSES,
          ask.formatted(",'previous_response_id':'" + answer.get("id").asText() + "'"));
    }
  }

  @Test
  void structuredTextKeepsToItsSchema() {
    String ask =
        "{'model':'scripted','input':'x','text':{'format':{'type':'json_schema','name':'n',"
            + "'schema':{'type':'object','properties':{'a':{'enum':['F','GH']}},'required':['a'],"
            + "'additionalProperties':false}}}%s}";
    JsonNode whole = http.ok(Http.RESPONSES, ask.formatted(""));
    assertThat(whole.get("status").asText()).isEqualTo("completed");
    String said = whole.at("/output/0/content/0/text").asText();
    assertThat(Http.parse(said).get("a").asText()).isIn("F", "GH");
    http.refused(400, "unsupported_parameter", Http.RESPONSES, ask.formatted(",'stop':'x'"));
    JsonNode wrong =
        http.refused(
            400,
            "invalid_value",
            Http.RESPONSES,
            ask.formatted("").replace("'enum':['F','GH']", "'type':'none'"));
    assertThat(wrong.get("param").asText()).isEqualTo("text.format");
  }

  private static ResponseCreateParams.Builder withTool(String text) {
    return ask(text)
        .maxOutputTokens(200)
        .addTool(
            FunctionTool.builder()
                .name("weather")
                .description("d")
                .strict(true)
                .parameters(
                    FunctionTool.Parameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty(
                            "properties",
                            JsonValue.from(Map.of("unit", Map.of("enum", List.of("C", "F")))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("unit")))
                        .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                        .build())
                .build());
  }

  private static ResponseFunctionToolCall call(Response response) {
    ResponseFunctionToolCall call =
        response.output().get(response.output().size() - 1).asFunctionCall();
    assertThat(call.name()).isEqualTo("weather");
    assertThat(Http.parse(call.arguments()).get("unit").asText()).isIn("C", "F");
    return call;
  }

  @Test
  void toolsAreCalledWholeAndStreamedAndTheirResultsGoBack() {
    Response whole = calling.responses().create(withTool("x").build()).validate();
    assertThat(whole.output().get(0).asMessage().content().get(0).asOutputText().text())
        .isEqualTo("Let me see.");
    ResponseFunctionToolCall call = call(whole);
    Response streamed = streamed(calling, withTool("x").build()).validate();
    assertThat(streamed.output().get(0).asMessage().content().get(0).asOutputText().text())
        .isEqualTo("Let me see.");
    call(streamed);
    Response forced =
        calling.responses().create(withTool("x").toolChoice(ToolChoiceOptions.REQUIRED).build());
    assertThat(forced.output()).hasSize(1);
    call(forced);
    List<ResponseInputItem> result =
        List.of(
            ResponseInputItem.ofFunctionCallOutput(
                ResponseInputItem.FunctionCallOutput.builder()
                    .callId(call.callId())
                    .output("mild")
                    .build()));
    Response after =
        calling
            .responses()
            .create(
                withTool("x")
                    .inputOfResponse(result)
                    .previousResponseId(streamed.id())
                    .toolChoice(ToolChoiceOptions.NONE)
                    .maxOutputTokens(4)
                    .build())
            .validate();
    assertThat(after.usage().orElseThrow().inputTokens())
        .isGreaterThan(streamed.usage().orElseThrow().inputTokens());
    ResponseInputItem again = ResponseInputItem.ofFunctionCall(call);
    calling
        .responses()
        .create(
            withTool("x")
                .inputOfResponse(List.of(again, result.get(0)))
                .maxOutputTokens(4)
                .build());
  }

  @Test
  void anErrorInMidStreamReachesTheCaller() {
    SseException failed =
        catchThrowableOfType(
            SseException.class, () -> streamed(openai, ask("quick ".repeat(300)).build()));
    assertThat(failed).hasMessageContaining("Generation failed");
  }

  @Test
  void whatIsNotSupportedIsRefusedByItsName() {
    for (String field :
        List.of(
            "'background':true",
            "'conversation':'c'",
            "'truncation':'auto'",
            "'reasoning':{'effort':'high'}",
            "'text':{'verbosity':'low'}",
            "'tools':[{'type':'web_search'}]",
            "'include':['file_search_call.results']",
            "'max_tokens':3")) {
      http.refused(
          400,
          "unsupported_parameter",
          Http.RESPONSES,
          "{'model':'scripted','input':'x'," + field + "}");
    }
    for (String input :
        List.of("[]", "[{'role':'robot','content':'x'}]", "[{'type':'item_reference','id':'1'}]")) {
      assertThat(
              http.post(Http.RESPONSES, "{'model':'scripted','input':" + input + "}").statusCode())
          .isEqualTo(400);
    }
  }
}
