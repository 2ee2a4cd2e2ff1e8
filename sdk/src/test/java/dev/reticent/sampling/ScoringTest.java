package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.text.Tokenizer;
import dev.reticent.weights.DecoderOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts whose tokens are scored. */
class ScoringTest {

  private static List<Generation> generate(List<GenerationRequest> requests) {
    return Scripts.generator(new ScriptedSession(Scripts.V, 64, 3, Scripts::hashed))
        .generate(requests);
  }

  private static GenerationRequest scored(int[] prompt, int more) {
    return GenerationRequest.of(
            prompt, SamplingParameters.greedy(), StopConditions.after(more).ignoringEndTokens())
        .withScoring(true)
        .withTopLogprobs(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5})
  void aPromptsTokensHaveTheLogprobsOfTheModelAfterTheirPredecessors(int more) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      requests.add(scored(Scripts.request(i).promptIds(), more));
      requests.add(Scripts.request(i));
    }
    List<Generation> answers = generate(requests);
    for (int i = 0; i < requests.size(); i++) {
      int[] prompt = requests.get(i).promptIds();
      List<GeneratedToken> scores = answers.get(i).prompt();
      if (i % 2 == 1) {
        assertThat(scores).isEmpty();
        continue;
      }
      assertThat(scores).extracting(GeneratedToken::id).containsExactly(boxed(prompt));
      assertThat(scores.get(0).logprob()).isNaN();
      List<Integer> before = new ArrayList<>();
      for (int t = 0; t < prompt.length; t++) {
        if (t > 0) {
          Logprobs logprobs = new Logprobs(Scripts.hashed(before));
          assertThat(scores.get(t).logprob()).isEqualTo(logprobs.of(prompt[t]));
          assertThat(scores.get(t).top()).isEqualTo(logprobs.top(2));
        }
        before.add(prompt[t]);
      }
      assertThat(answers.get(i).tokens()).hasSize(more);
      assertThat(answers.get(i).finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(answers.get(i).promptTokens()).isEqualTo(prompt.length);
    }
  }

  @Test
  void theAnswerIsThatOfThePromptUnscored() {
    GenerationRequest plain = Scripts.request(4);
    List<Generation> both = generate(List.of(plain, plain.withScoring(true)));
    assertThat(both.get(1).tokens()).isEqualTo(both.get(0).tokens());
    assertThat(both.get(1).text()).isEqualTo(both.get(0).text());
  }

  @Test
  void anAnswerWithoutTokensNeedsAScoredPrompt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generate(List.of(scored(new int[] {1}, 0).withScoring(false))))
        .withMessageContaining("unless the prompt is scored");
  }

  private static Integer[] boxed(int[] ids) {
    return java.util.Arrays.stream(ids).boxed().toArray(Integer[]::new);
  }

  /** golden.json holds the log-probabilities that transformers gives to each prompt's tokens. */
  @Test
  void scoresAreThoseOfTransformersAlsoWhenThePromptIsInTheCache() throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(Golden.folder("mistral-tiny").resolve("golden.json").toFile());
    try (Tokenizer tokenizer = Tokenizer.open(Golden.folder("mistral-tiny"));
        Decoder decoder = Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard());
        GenerationQueue queue =
            GenerationQueue.start(
                decoder,
                tokenizer,
                List.of(
                    PeftFolder.read(
                        Golden.folder("mistral-tiny").resolve("adapter"), decoder.config())),
                QueueOptions.of(4, 200))) {
      for (int round = 0; round < 2; round++) {
        for (int p = 0; p < golden.get("input_ids").size(); p++) {
          int[] ids =
              StreamSupport.stream(golden.get("input_ids").get(p).spliterator(), false)
                  .mapToInt(JsonNode::asInt)
                  .toArray();
          answer(queue, scored(ids, 1).withScoring(false)); // leaves its blocks in the cache
          Generation scores = answer(queue, scored(ids, 0));
          JsonNode expected = golden.get("logprobs").get(p);
          assertThat(expected).hasSize(ids.length - 1);
          for (int t = 1; t < ids.length; t++) {
            assertThat(scores.prompt().get(t).logprob())
                .isCloseTo(expected.get(t - 1).asDouble(), within(2e-4));
          }
        }
      }
    }
  }

  private static Generation answer(GenerationQueue queue, GenerationRequest request) {
    CompletableFuture<Generation> done = new CompletableFuture<>();
    queue.submit(
        request,
        new GenerationListener() {
          @Override
          public void finished(String rest, Generation generation) {
            done.complete(generation);
          }
        });
    return done.join();
  }
}
