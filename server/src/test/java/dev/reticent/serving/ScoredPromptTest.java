package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.Config;
import dev.reticent.model.Golden;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prompts whose tokens are scored, over HTTP. */
class ScoredPromptTest {

  @Test
  void aPromptIsScoredWhereItIsEchoedWithLogprobs() {
    Config config =
        Config.empty()
            .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
            .with("serving.port", 0);
    try (SamplingServer server = ServeRecipe.of(config).start()) {
      check(new Http(server));
    }
  }

  private static void check(Http http) {
    String prompt = "Delta tables keep";
    String ask =
        "{'model':'mistral-tiny','prompt':'%s','temperature':0,'echo':true,'logprobs':1,'max_tokens':%d}";
    JsonNode longer = http.ok(Http.COMPLETIONS, ask.formatted(prompt, 5)).get("choices").get(0);
    JsonNode only = http.ok(Http.COMPLETIONS, ask.formatted(prompt, 0));
    JsonNode choice = only.get("choices").get(0);
    int tokens = only.get("usage").get("prompt_tokens").asInt();
    assertThat(only.get("usage").get("completion_tokens").asInt()).isZero();
    assertThat(choice.get("text").asText()).isEqualTo(prompt);
    assertThat(choice.get("finish_reason").asText()).isEqualTo("length");
    assertThat(longer.get("text").asText()).startsWith(prompt);
    JsonNode logprobs = choice.get("logprobs");
    for (String list : List.of("tokens", "token_logprobs", "top_logprobs", "text_offset")) {
      assertThat(logprobs.get(list)).hasSize(tokens);
      assertThat(longer.get("logprobs").get(list)).hasSize(tokens + 5);
      for (int t = 0; t < tokens; t++) {
        assertThat(longer.get("logprobs").get(list).get(t)).isEqualTo(logprobs.get(list).get(t));
      }
    }
    assertThat(logprobs.get("token_logprobs").get(0).isNull()).isTrue();
    assertThat(logprobs.get("top_logprobs").get(0).isNull()).isTrue();
    for (int t = 1; t < tokens; t++) {
      String token = logprobs.get("tokens").get(t).asText();
      assertThat(prompt.substring(logprobs.get("text_offset").get(t).asInt())).startsWith(token);
      assertThat(logprobs.get("top_logprobs").get(t).get(token))
          .isEqualTo(logprobs.get("token_logprobs").get(t));
    }
  }
}
