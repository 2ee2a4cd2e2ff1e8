package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.sampling.FinishReason;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.Generator;
import dev.reticent.sampling.SamplingParameters;
import dev.reticent.sampling.StopConditions;
import dev.reticent.text.Tokenizer;
import dev.reticent.weights.DecoderOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Constraints on real models that know nothing of JSON, through the generator. */
class ConstrainedGenerationTest {
  private static final String PERSON =
      "{'type':'object','properties':{'name':{'type':'string','minLength':1,'maxLength':9},"
          + "'age':{'type':'integer','minimum':0,'maximum':130},'born':{'type':'string',"
          + "'format':'date'},'tags':{'type':'array','items':{'enum':['a','bé','c']},"
          + "'maxItems':4}},'required':['name','age','born'],'additionalProperties':false}";

  @ParameterizedTest
  @ValueSource(strings = {"mistral-tiny", "qwen2-tiny"})
  void answersInABatchAreEachOfTheirForm(String name) {
    try (Tokenizer tokenizer = Tokenizer.open(Golden.folder(name));
        Decoder decoder = Decoder.load(Golden.folder(name), DecoderOptions.standard());
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device());
        DecodingSession session = DecodingSession.on(decoder, none, 8, 160)) {
      JsonVocabulary vocabulary = JsonVocabulary.of(tokenizer);
      JsonNode schema = Texts.json(PERSON);
      JsonFormat person = JsonFormat.schema(schema, vocabulary);
      JsonFormat object = JsonFormat.object(vocabulary);
      List<GenerationRequest> requests = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        JsonFormat format = i % 3 == 0 ? object : person;
        int most = format.leastTokens() + i;
        GenerationRequest plain =
            GenerationRequest.of(
                    new int[] {5 + i},
                    i < 4 ? SamplingParameters.greedy() : SamplingParameters.sampled(),
                    StopConditions.after(most))
                .withSeed(3, i);
        requests.add(i % 3 == 2 ? plain : plain.withConstraints(List.of(format.within(most))));
      }
      List<Generation> answers = Generator.of(session, tokenizer).generate(requests);
      Judge judge = Judge.of(schema);
      for (int i = 0; i < answers.size(); i++) {
        Generation answer = answers.get(i);
        assertThat(answer.finishReason()).isNotEqualTo(FinishReason.ERROR);
        if (i % 3 == 0) {
          assertThat(Judge.parse(answer.text()).isObject()).isTrue();
        } else if (i % 3 == 1) {
          judge.check(answer.text(), schema);
        }
      }
    }
  }
}
