package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Golden;
import dev.reticent.run.LoadedModel;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.Generator;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.sampling.StopConditions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A base model in four or eight bits, over HTTP. */
class ServeQuantizedTest {
  private static final int[] PROMPT = {1, 70, 80, 90, 100, 33, 44};
  private static final int TOKENS = 24;

  @ParameterizedTest
  @ValueSource(strings = {"load_in_4bit", "load_in_8bit"})
  void itsGreedyAnswerIsThatOfItsEngine(String key) throws Exception {
    Config plain =
        Config.empty()
            .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
            .with("model_name", "base")
            .with("serving.port", 0);
    Config held = plain.with("quantization." + key, true);
    Generation own = queue(held);
    double[] logprobs = logprobs(own);
    try (SamplingServer server = ServeRecipe.of(held).start()) {
      JsonNode choice = ask(server);
      assertThat(choice.get("text").asText()).isEqualTo(own.text());
      JsonNode served = choice.get("logprobs").get("token_logprobs");
      assertThat(served).hasSize(TOKENS);
      for (int t = 0; t < TOKENS; t++) {
        assertThat(served.get(t).asDouble()).isCloseTo(logprobs[t], within(1e-4));
      }
    }
    // The bits are seen: in fp32 the model is not quite the same.
    assertThat(Math.abs(logprobs(queue(plain))[0] - logprobs[0])).isGreaterThan(1e-4);
  }

  private static double[] logprobs(Generation generation) {
    return generation.tokens().stream().mapToDouble(GeneratedToken::logprob).toArray();
  }

  private static Generation queue(Config config) {
    try (LoadedModel model = LoadedModel.open(ServeConfig.of(config).model());
        AdapterTensors none =
            AdapterTensors.none(model.decoder().config(), model.decoder().device());
        DecodingSession session = DecodingSession.on(model.decoder(), none, 1, 64)) {
      GenerationRequest request =
          GenerationRequest.of(
              PROMPT,
              SamplingParameters.greedy(),
              StopConditions.after(TOKENS).ignoringEndTokens());
      return Generator.of(session, model.tokenizer()).generate(List.of(request)).get(0);
    }
  }

  private static JsonNode ask(SamplingServer server) throws Exception {
    String body =
        "{\"model\":\"base\",\"prompt\":%s,\"temperature\":0,\"ignore_eos\":true,\"max_tokens\":%d,\"logprobs\":0}"
            .formatted(Arrays.toString(PROMPT), TOKENS);
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve("v1/completions"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return new ObjectMapper().readTree(response.body()).get("choices").get(0);
  }
}
