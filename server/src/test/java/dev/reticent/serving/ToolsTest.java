package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.text.Tokenizer;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls of tools, by models that know nothing of them but what the constraint leaves. */
@Timeout(60)
class ToolsTest {
  private static final String WEATHER =
      "{'type':'function','function':{'name':'weather','description':'d','parameters':{'type':'object',"
          + "'properties':{'city':{'type':'string','maxLength':5},'unit':{'$ref':'#/$defs/unit'}},"
          + "'required':['city','unit'],'additionalProperties':false,"
          + "'$defs':{'unit':{'enum':['C','F']}}}}}";
  private static final String NOW =
      "{'type':'function','function':{'name':'now','parameters':{'type':'object','properties':{},"
          + "'additionalProperties':false}}}";
  private static final String ASK =
      "{'model':'scripted','messages':[{'role':'user','content':'x'}],'max_tokens':120,'temperature':0,"
          + "'tools':["
          + WEATHER
          + ","
          + NOW
          + "]%s}";

  private static SamplingServer server(
      String sign, Function<Tokenizer, Function<List<Integer>, float[]>> script) {
    return Servers.withTools(Servers.OPTIONS, sign, script);
  }

  private static void isACall(JsonNode call, String name) {
    assertThat(call.get("type").asText()).isEqualTo("function");
    assertThat(call.get("id").asText()).matches("[A-Za-z0-9]{9}");
    assertThat(call.at("/function/name").asText()).isEqualTo(name);
    JsonNode arguments = Http.parse(call.at("/function/arguments").asText());
    assertThat(arguments.isObject()).isTrue();
    if (name.equals("weather")) {
      assertThat(arguments.get("unit").asText()).matches("C|F");
      assertThat(arguments.get("city").asText().length()).isLessThanOrEqualTo(5);
    }
  }

  @ParameterizedTest
  @CsvSource({"[TOOL_CALLS]", "<|tool_call|>", "<tool_call>", "'\"parameters\":'"})
  void aCallThatIsAskedForFitsItsSchemaInEveryFamily(String sign) {
    try (SamplingServer server = server(sign, tokenizer -> tokens -> new float[Servers.V])) {
      Http http = new Http(server);
      String named = ",'tool_choice':{'type':'function','function':{'name':'weather'}}";
      JsonNode choice = http.ok(Http.CHAT, ASK.formatted(named)).at("/choices/0");
      assertThat(choice.get("finish_reason").asText()).isEqualTo("tool_calls");
      assertThat(choice.at("/message/content").isNull()).isTrue();
      assertThat(choice.at("/message/tool_calls").size()).isEqualTo(1);
      isACall(choice.at("/message/tool_calls/0"), "weather");
      String required = ",'tool_choice':'required','parallel_tool_calls':false";
      JsonNode any =
          http.ok(Http.CHAT, ASK.formatted(required)).at("/choices/0/message/tool_calls");
      assertThat(any.size()).isEqualTo(1);
    }
  }

  @Test
  void anAnswerMayCallAndIsHeldToTheSchemaFromThereOn() {
    try (SamplingServer server = server("<tool_call>", Servers.says("Let me see.<tool_call>"))) {
      Http http = new Http(server);
      JsonNode choice = http.ok(Http.CHAT, ASK.formatted("")).at("/choices/0");
      assertThat(choice.get("finish_reason").asText()).isEqualTo("tool_calls");
      assertThat(choice.at("/message/content").asText()).isEqualTo("Let me see.");
      JsonNode call = choice.at("/message/tool_calls/0");
      isACall(call, call.at("/function/name").asText());
    }
  }

  @Test
  void aTextIsATextWithToolsOrWithout() {
    try (SamplingServer server = server("<tool_call>", tokenizer -> Servers.endless(0))) {
      Http http = new Http(server);
      for (String choice : List.of("", ",'tool_choice':'none'")) {
        JsonNode answer = http.ok(Http.CHAT, ASK.formatted(choice)).at("/choices/0");
        assertThat(answer.get("finish_reason").asText()).isEqualTo("length");
        assertThat(answer.at("/message/content").asText()).isNotEmpty();
        assertThat(answer.at("/message").has("tool_calls")).isFalse();
      }
    }
  }

  @Test
  void aStreamTellsTextThenNameThenArguments() {
    try (SamplingServer server = server("\"parameters\":", Servers.says("{\"name"))) {
      Http http = new Http(server);
      String stream = ",'stream':true";
      List<JsonNode> events = Http.events(http.post(Http.CHAT, ASK.formatted(stream)).body());
      StringBuilder arguments = new StringBuilder();
      String name = "";
      for (JsonNode event : events) {
        JsonNode delta = event.at("/choices/0/delta");
        assertThat(delta.path("content").asText()).isEmpty();
        JsonNode function = delta.at("/tool_calls/0/function");
        name += function.path("name").asText();
        arguments.append(function.path("arguments").asText());
      }
      assertThat(name).isIn("weather", "now");
      assertThat(Http.parse(arguments.toString()).isObject()).isTrue();
      JsonNode last = events.get(events.size() - 1).at("/choices/0");
      assertThat(last.get("finish_reason").asText()).isEqualTo("tool_calls");
    }
  }

  @Test
  void earlierCallsAndTheirResultsGoThroughTheTemplate() {
    try (SamplingServer server = server("<tool_call>", tokenizer -> Servers.endless(0))) {
      Http http = new Http(server);
      String history =
          "{'model':'scripted','max_tokens':2,'tools':["
              + NOW
              + "],'messages':[{'role':'user','content':'x'},{'role':'assistant','content':null,"
              + "'tool_calls':[{'id':'abcdefghi','type':'function','function':{'name':'now',"
              + "'arguments':'%s'}}]},{'role':'tool','tool_call_id':'abcdefghi','content':'noon'}]}";
      int with = http.ok(Http.CHAT, history.formatted("{}")).at("/usage/prompt_tokens").asInt();
      int longer =
          http.ok(Http.CHAT, history.formatted("{\\'zone\\':\\'somewhere far\\'}"))
              .at("/usage/prompt_tokens")
              .asInt();
      assertThat(longer).isGreaterThan(with);
      http.refused(400, "invalid_value", Http.CHAT, history.formatted("{"));
    }
  }

  @Test
  void aStrictToolKeepsToTheRulesOfStrict() {
    try (SamplingServer server = server("<tool_call>", tokenizer -> Servers.endless(0))) {
      Http http = new Http(server);
      String strict = ASK.formatted("").replace("'name':'now'", "'strict':true,'name':'now'");
      http.ok(Http.CHAT, strict);
      String loose = strict.replace("'properties':{},'additionalProperties':false", "");
      JsonNode error =
          http.refused(
              400,
              "invalid_value",
              Http.CHAT,
              loose.replace("'type':'object',}", "'type':'object'}"));
      assertThat(error.at("/param").asText()).isEqualTo("tools[1].function.parameters");
    }
  }

  @ParameterizedTest
  @CsvSource({"[TOOL_CALLS]", "'\"parameters\":'"})
  void aSchemaThatCannotBeEnforcedIsNamedByItsToolAndItsPlaceThere(String sign) {
    try (SamplingServer server = server(sign, tokenizer -> Servers.endless(0))) {
      for (String choice : List.of("", ",'tool_choice':'required'")) {
        JsonNode error =
            new Http(server)
                .refused(
                    400,
                    "invalid_value",
                    Http.CHAT,
                    ASK.formatted(choice).replace("'enum':['C','F']", "'contains':{}"));
        assertThat(error.at("/message").asText())
            .startsWith(
                "The JSON schema in the parameters of weather at #/$defs/unit/contains is a"
                    + " keyword");
      }
    }
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    try (SamplingServer server = server("<tool_call>", tokenizer -> Servers.endless(0))) {
      Http http = new Http(server);
      String unknown = ",'tool_choice':{'type':'function','function':{'name':'other'}}";
      http.refused(400, "invalid_value", Http.CHAT, ASK.formatted(unknown));
      String custom =
          "{'model':'scripted','messages':[{'role':'user','content':'x'}],"
              + "'tools':[{'type':'custom','custom':{'name':'w'}}]}";
      JsonNode error = http.refused(400, "unsupported_parameter", Http.CHAT, custom);
      assertThat(error.get("message").asText())
          .isEqualTo("tools[0].type other than function is not supported.");
      http.refused(
          400,
          "unsupported_parameter",
          Http.CHAT,
          ASK.formatted(",'response_format':{'type':'json_object'}"));
    }
    try (SamplingServer server = server("none", tokenizer -> Servers.endless(0))) {
      new Http(server).refused(400, "unsupported_parameter", Http.CHAT, ASK.formatted(""));
    }
  }
}
