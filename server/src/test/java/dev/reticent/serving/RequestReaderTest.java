package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reticent.sampling.SamplingParameters;
import dev.reticent.serving.TextRequest.Api;
import dev.reticent.text.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
  private final RequestReader reader = new RequestReader(100, new FieldPolicy());

  private TextRequest read(Api api, String json) {
    return reader.read(api, Http.parse(json.replace('\'', '"')));
  }

  private ApiError refused(Api api, String json) {
    return catchThrowableOfType(ApiException.class, () -> read(api, json)).error();
  }

  @Test
  void defaultsAreVllms() {
    TextRequest request = read(Api.COMPLETIONS, "{'model':'m','prompt':'p'}");
    assertThat(request.parameters()).isEqualTo(SamplingParameters.sampled());
    assertThat(request.maxTokens()).isEmpty();
    assertThat(request.n()).isEqualTo(1);
    assertThat(request.seed()).isEmpty();
    assertThat(request.endTokens()).isTrue();
    assertThat(request.stream() || request.echo() || request.logprobs()).isFalse();
    assertThat(request.form()).isEqualTo(new AnswerFormat.Free());
  }

  @Test
  void everyFieldIsRead() {
    TextRequest request =
        read(
            Api.CHAT,
            """
            {'model':'m','messages':[{'role':'system','content':'s'},{'role':'user','content':'u'},
             {'role':'assistant','content':'a','tool_calls':[]},{'role':'user','content':[{'type':'text','text':'x'},{'type':'text','text':'y'}]}],
             'temperature':0.5,'top_p':0.9,'top_k':40,'min_p':0.05,'repetition_penalty':1.1,
             'frequency_penalty':-0.5,'presence_penalty':2,'logit_bias':{'7':-100,'99':3.5},
             'seed':-9223372036854775808,'stop':['a','b'],'stop_token_ids':[1,2.0],'n':3,
             'logprobs':true,'top_logprobs':5,'max_completion_tokens':12,'max_tokens':12,
             'stream':true,'stream_options':{'include_usage':true,'include_obfuscation':false},
             'ignore_eos':true,'user':'me','store':true,'metadata':{},'tools':[],'response_format':null}
            """);
    assertThat(request.parameters())
        .isEqualTo(
            new SamplingParameters(0.5, 40, 0.9, 0.05, 1.1, -0.5, 2, Map.of(7, -100f, 99, 3.5f)));
    assertThat(request.seed()).hasValue(Long.MIN_VALUE);
    assertThat(request.stop()).containsExactly("a", "b");
    assertThat(request.stopIds()).isEqualTo(Set.of(1, 2));
    assertThat(request.maxTokens()).hasValue(12);
    assertThat(request.topLogprobs()).isEqualTo(5);
    assertThat(request.answers()).isEqualTo(3);
    assertThat(request.endTokens()).isFalse();
    assertThat(request.includeUsage()).isTrue();
    assertThat(((Prompt.Conversation) request.prompts().get(0)).messages())
        .containsExactly(
            Message.system("s"), Message.user("u"), Message.assistant("a"), Message.user("xy"));
  }

  @Test
  void allProblemsAreToldAtOnceAndTheFirstIsNamed() {
    ApiError error =
        refused(
            Api.COMPLETIONS,
            "{'model':'m','prompt':'p','temperature':-1,'n':99,'stop':5,'suffix':'x','seed':0.5}");
    assertThat(error.status()).isEqualTo(400);
    assertThat(error.message())
        .contains(
            "temperature: found -1", "n: found 99", "stop:", "suffix is not supported", "seed");
    assertThat(error.message().lines()).hasSize(5);
    assertThat(error.param()).isNotEmpty();
  }

  static List<String> refusedNames() {
    return List.copyOf(FieldPolicy.REFUSED.keySet());
  }

  @ParameterizedTest
  @MethodSource("refusedNames")
  void whatWouldChangeTheTextIsRefusedByNameUnlessItAsksForNothing(String name) {
    String ask = "{'model':'m','prompt':'p','%s':%s}";
    ApiError error = refused(Api.COMPLETIONS, ask.formatted(name, "'something'"));
    assertThat(error.code()).isEqualTo("unsupported_parameter");
    assertThat(error.param()).isEqualTo(name);
    for (String neutral : FieldPolicy.REFUSED.get(name)) {
      read(Api.COMPLETIONS, ask.formatted(name, neutral));
    }
    read(Api.COMPLETIONS, ask.formatted(name, "null"));
  }

  @Test
  void whatHasAnotherNameHereIsRefusedWithIt() {
    assertThat(refused(Api.CHAT, "{'model':'m','messages':[],'functions':[{}]}").message())
        .contains("functions is not supported: use tools.");
    assertThat(FieldPolicy.INSTEAD.keySet())
        .allMatch(
            name ->
                FieldPolicy.REFUSED.containsKey(name)
                    || FieldPolicy.NOT_IN_RESPONSES.containsKey(name));
  }

  @Test
  void noApiNamesInPlaceOfAFieldOneThatItRefuses() {
    for (Map<String, Set<String>> also :
        List.of(
            Map.<String, Set<String>>of(), FieldPolicy.CHAT_ONLY, FieldPolicy.NOT_IN_RESPONSES)) {
      Set<String> refused = new HashSet<>(FieldPolicy.REFUSED.keySet());
      refused.addAll(also.keySet());
      for (String name : refused) {
        assertThat(FieldPolicy.refusal(name, also))
            .doesNotContainPattern(
                ": use (" + String.join("|", refused) + ")(?! of /v1/chat/completions)\\.");
      }
    }
    assertThat(refused(Api.COMPLETIONS, "{'model':'m','prompt':'p','functions':[{}]}").message())
        .contains("functions is not supported: use tools of /v1/chat/completions.");
  }

  @Test
  void whatNobodyKnowsIsIgnored() {
    assertThat(read(Api.COMPLETIONS, "{'model':'m','prompt':'p','frobnicate':{'a':1}}"))
        .isEqualTo(read(Api.COMPLETIONS, "{'model':'m','prompt':'p'}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'role':'tool','content':'x'}",
        "{'role':'user','content':'x','name':'bob'}",
        "{'role':'assistant','content':'x','tool_calls':[{'id':'1'}]}",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'x'}}]}"
      })
  void partsOfMessagesThatNobodyWouldSeeAreRefused(String message) {
    ApiError error = refused(Api.CHAT, "{'model':'m','messages':[" + message + "]}");
    assertThat(error.code()).isEqualTo("unsupported_parameter");
    assertThat(error.param()).startsWith("messages[0].");
  }

  @Test
  void minusOneIsNoTopK() {
    assertThat(read(Api.COMPLETIONS, "{'model':'m','prompt':'p','top_k':-1}").parameters().topK())
        .isZero();
  }

  @Test
  void aPromptIsScoredByEchoAndLogprobsButNotInAStream() {
    String ask = "{'model':'m','prompt':'p','echo':%s,'logprobs':0,'max_tokens':%d%s}";
    assertThat(read(Api.COMPLETIONS, ask.formatted("true", 0, "")).scoring()).isTrue();
    assertThat(read(Api.COMPLETIONS, ask.formatted("false", 1, "")).scoring()).isFalse();
    assertThat(refused(Api.COMPLETIONS, ask.formatted("true", 0, ",'stream':true")).param())
        .isEqualTo("echo");
    assertThat(refused(Api.COMPLETIONS, ask.formatted("false", 0, "")).param())
        .isEqualTo("max_tokens");
  }
}
