package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.text.Tokenizer;
import dev.reticent.weights.DecoderOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Generation with real models: the tiny checkpoints and outputs of make_golden.py. */
class GeneratorModelTest {

  private static List<Generation> generate(
      String name, int capacity, List<GenerationRequest> requests) {
    try (Tokenizer tokenizer = Tokenizer.open(Golden.folder(name));
        Decoder decoder = Decoder.load(Golden.folder(name), DecoderOptions.standard());
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device());
        DecodingSession session = DecodingSession.on(decoder, none, capacity, 160)) {
      return Generator.of(session, tokenizer).generate(requests);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mistral-tiny", "mistral-window", "phi3-longrope"})
  void greedyTokensAreThoseOfTransformers(String name) throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(Golden.folder(name).resolve("golden.json").toFile());
    List<GenerationRequest> requests = new ArrayList<>();
    for (JsonNode prompt : golden.get("input_ids")) {
      requests.add(
          GenerationRequest.of(
              ints(prompt),
              SamplingParameters.greedy(),
              StopConditions.after(48).ignoringEndTokens()));
    }
    List<Generation> answers = generate(name, 2, requests);
    for (int p = 0; p < answers.size(); p++) {
      assertThat(answers.get(p).ids()).isEqualTo(ints(golden.get("greedy").get(p)));
    }
  }

  @Test
  void aSeededAnswerDoesNotDependOnItsNeighbors() {
    String name = "mistral-tiny";
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int[] prompt = new SplittableRandom(i).ints(1 + i % 9, 3, 60).toArray();
      requests.add(
          GenerationRequest.of(
                  prompt,
                  SamplingParameters.sampled().withTopP(i % 2 == 0 ? 1 : 0.9),
                  StopConditions.after(30 + i).ignoringEndTokens())
              .withSeed(4, i));
    }
    List<Generation> alone = generate(name, 1, requests);
    for (int capacity : new int[] {3, 12}) {
      List<Generation> together = generate(name, capacity, requests);
      for (int i = 0; i < alone.size(); i++) {
        assertThat(together.get(i).text()).isEqualTo(alone.get(i).text());
        assertThat(together.get(i).ids()).isEqualTo(alone.get(i).ids());
        assertThat(together.get(i).tokens()).isEqualTo(alone.get(i).tokens());
      }
    }
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }
}
