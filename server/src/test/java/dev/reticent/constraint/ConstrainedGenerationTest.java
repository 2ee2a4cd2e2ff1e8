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
import dev.reticent.sampling.TokenConstraint;
import dev.reticent.text.Tokenizer;
import dev.reticent.weights.DecoderOptions;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Constraints on real models that know nothing of JSON, through the generator. */
class ConstrainedGenerationTest {
  private static final String PERSON =
      "{'type':'object','properties':{'name':{'type':'string','minLength':1,'maxLength':9},"
          + "'age':{'type':'integer','minimum':0,'maximum':130},'born':{'type':'string',"
          + "'format':'date'},'tags':{'type':'array','items':{'enum':['a','bé','c']},"
          + "'maxItems':4}},'required':['name','age','born'],'additionalProperties':false}";

  /** A session that counts its steps. */
  private static DecodingSession counted(DecodingSession session, AtomicInteger steps) {
    return (DecodingSession)
        Proxy.newProxyInstance(
            DecodingSession.class.getClassLoader(),
            new Class<?>[] {DecodingSession.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("step")) {
                steps.incrementAndGet();
              }
              return method.invoke(session, arguments);
            });
  }

  /** The same constraint, which says nothing of what it expects. */
  private static TokenConstraint.Factory silent(TokenConstraint.Factory factory) {
    return () -> {
      TokenConstraint told = factory.create();
      return new TokenConstraint() {
        @Override
        public BitSet allowed() {
          return told.allowed();
        }

        @Override
        public void accept(int id) {
          told.accept(id);
        }

        @Override
        public boolean over() {
          return told.over();
        }
      };
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"mistral-tiny", "qwen2-tiny"})
  void textWithoutAChoiceTakesFewerStepsAndTheAnswersAreTheSame(String name) {
    try (Tokenizer tokenizer = Tokenizer.open(Golden.folder(name));
        Decoder decoder = Decoder.load(Golden.folder(name), DecoderOptions.standard());
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device());
        DecodingSession session = DecodingSession.on(decoder, none, 1, 320)) {
      JsonNode schema =
          Texts.json(
              "{'type':'object','properties':{'date of birth':{'enum':['unknown to the office']},"
                  + "'married since':{'type':'boolean'},'number of children':{'type':'integer'}},"
                  + "'required':['date of birth','married since','number of children'],"
                  + "'additionalProperties':false}");
      JsonFormat format = JsonFormat.schema(schema, JsonVocabulary.of(tokenizer));
      for (int i = 0; i < 4; i++) {
        GenerationRequest plain =
            GenerationRequest.of(
                    new int[] {5 + i},
                    i < 2 ? SamplingParameters.greedy() : SamplingParameters.sampled(),
                    StopConditions.after(250))
                .withSeed(3, i)
                .withTopLogprobs(2);
        TokenConstraint.Factory within = format.within(250);
        AtomicInteger single = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        Generation expected = generate(counted(session, single), tokenizer, plain, silent(within));
        Generation found = generate(counted(session, together), tokenizer, plain, within);
        assertThat(found).isEqualTo(expected);
        assertThat(together.get()).isLessThan(single.get() * 3 / 4);
      }
    }
  }

  private static Generation generate(
      DecodingSession session,
      Tokenizer tokenizer,
      GenerationRequest request,
      TokenConstraint.Factory constraint) {
    return Generator.of(session, tokenizer)
        .generate(List.of(request.withConstraints(List.of(constraint))))
        .get(0);
  }

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
