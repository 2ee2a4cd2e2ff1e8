package dev.reticent.sampling;

import static dev.reticent.sampling.Scripts.END;
import static dev.reticent.sampling.Scripts.V;
import static dev.reticent.sampling.Scripts.generator;
import static dev.reticent.sampling.Scripts.request;
import static dev.reticent.sampling.Scripts.requests;
import static dev.reticent.sampling.Scripts.saying;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches, streams and stops of a generator, with models made of a function. */
class GeneratorTest {

  @ParameterizedTest
  @CsvSource({"1,3", "2,2", "2,4", "4,2", "4,6", "8,30"})
  void answersAreThoseOfEachRequestAlone(int capacity, int n) {
    List<Generation> alone = new ArrayList<>();
    for (GenerationRequest request : requests(n)) {
      alone.addAll(
          generator(new ScriptedSession(V, 64, 1, Scripts::hashed)).generate(List.of(request)));
    }
    ScriptedSession session = new ScriptedSession(V, 64, capacity, Scripts::hashed);
    assertThat(generator(session).generate(requests(n))).isEqualTo(alone);
    assertThat(session.mostTogether()).isEqualTo(Math.min(capacity, n));
    assertThat(session.taken()).isZero();
  }

  @Test
  void theOrderOfRequestsDoesNotMatter() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      order.add(i);
    }
    List<Generation> straight =
        generator(new ScriptedSession(V, 64, 4, Scripts::hashed)).generate(requests(20));
    Collections.shuffle(order, new Random(3));
    List<Generation> shuffled =
        generator(new ScriptedSession(V, 64, 4, Scripts::hashed))
            .generate(order.stream().map(Scripts::request).toList());
    for (int i = 0; i < order.size(); i++) {
      assertThat(shuffled.get(i)).isEqualTo(straight.get(order.get(i)));
    }
  }

  @Test
  void theSameSeedRepeatsAndAnotherIndexDiffers() {
    Function<List<Integer>, float[]> uniform = tokens -> new float[V];
    GenerationRequest request =
        GenerationRequest.of(new int[] {1}, SamplingParameters.sampled(), StopConditions.after(20));
    List<Generation> answers =
        generator(new ScriptedSession(V, 64, 3, uniform))
            .generate(
                List.of(
                    request.withSeed(9, 0),
                    request.withSeed(9, 0),
                    request.withSeed(9, 1),
                    request.withSeed(10, 0),
                    request));
    assertThat(answers.get(0)).isEqualTo(answers.get(1));
    assertThat(answers.stream().map(Generation::text).distinct()).hasSize(4);
    assertThat(answers.get(4).seed()).isEqualTo(request.seed());
  }

  @Test
  void requestsJoinWhileOthersRun() {
    Generator generator = generator(new ScriptedSession(V, 64, 2, Scripts::hashed));
    Map<Integer, Generation> done = new HashMap<>();
    for (int i = 0; i < 6; i++) {
      int index = i;
      generator.submit(
          request(i),
          new GenerationListener() {
            @Override
            public void finished(String rest, Generation generation) {
              done.put(index, generation);
            }
          });
      generator.step();
    }
    while (generator.step()) {
      assertThat(generator.running()).isBetween(0, 2);
    }
    assertThat(generator.waiting() + generator.running()).isZero();
    for (int i = 0; i < 6; i++) {
      assertThat(done.get(i))
          .isEqualTo(
              generator(new ScriptedSession(V, 64, 1, Scripts::hashed))
                  .generate(List.of(request(i)))
                  .get(0));
    }
  }

  @Test
  void aLongPromptIsTakenInPieces() {
    ScriptedSession session = new ScriptedSession(V, 4096, 2, Scripts::hashed);
    GenerationRequest longOne =
        GenerationRequest.of(
            new int[3 * PromptTurns.TOKENS + 5],
            SamplingParameters.greedy(),
            StopConditions.after(2));
    List<Generation> answers = generator(session).generate(List.of(longOne, request(2)));
    assertThat(session.longestPiece()).isEqualTo(PromptTurns.TOKENS);
    assertThat(answers.get(0).promptTokens()).isEqualTo(3 * PromptTurns.TOKENS + 5);
    assertThat(answers.get(1))
        .isEqualTo(
            generator(new ScriptedSession(V, 64, 1, Scripts::hashed))
                .generate(List.of(request(2)))
                .get(0));
  }

  private record Streamed(List<String> pieces, Generation generation) {}

  private static Streamed stream(String says, StopConditions stops) {
    Generator generator = generator(new ScriptedSession(V, 64, 1, saying(says)));
    List<String> pieces = new ArrayList<>();
    List<Generation> done = new ArrayList<>();
    generator.submit(
        GenerationRequest.of(new int[] {1}, SamplingParameters.greedy(), stops),
        new GenerationListener() {
          @Override
          public void token(GeneratedToken token) {
            pieces.add(token.text());
          }

          @Override
          public void finished(String rest, Generation generation) {
            pieces.add(rest);
            done.add(generation);
          }
        });
    while (generator.step()) {
      assertThat(done).isEmpty();
    }
    assertThat(done).hasSize(1);
    return new Streamed(pieces, done.get(0));
  }

  @ParameterizedTest
  @CsvSource({
    "naïve café,é,naïve caf,STOP",
    "naïve café,fé!,naïve café,STOP",
    "one 😀 two,😀 t,'one ',STOP",
    "one 😀 two,😀😀,one 😀 two,STOP",
    "a###b,##,a,STOP"
  })
  void stopStringsAreNeverPartlyShown(String says, String stop, String shown, FinishReason reason) {
    Streamed streamed = stream(says, StopConditions.after(50).withStopStrings(List.of(stop)));
    assertThat(String.join("", streamed.pieces())).isEqualTo(shown);
    assertThat(streamed.generation().text()).isEqualTo(shown);
    assertThat(streamed.generation().finishReason()).isEqualTo(reason);
    assertThat(streamed.pieces()).noneMatch(piece -> piece.contains("\uFFFD"));
  }

  @Test
  void theEndTokenIsCountedAndNotShown() {
    Generation generation = stream("hi", StopConditions.after(50)).generation();
    assertThat(generation.ids()).containsExactly('h', 'i', END);
    assertThat(generation.text()).isEqualTo("hi");
    assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void stopIdsEndAnAnswer() {
    Generation generation =
        stream("hi!", StopConditions.after(50).withStopIds(Set.of((int) '!'))).generation();
    assertThat(generation.text()).isEqualTo("hi");
    assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void lengthsAreKept() {
    assertThat(stream("hello", StopConditions.after(3)).generation())
        .satisfies(
            g -> {
              assertThat(g.text()).isEqualTo("hel");
              assertThat(g.finishReason()).isEqualTo(FinishReason.LENGTH);
            });
    Generation full = stream("x".repeat(100), StopConditions.after(Integer.MAX_VALUE)).generation();
    assertThat(full.tokens()).hasSize(63);
    assertThat(full.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(stream("hi", StopConditions.after(5).ignoringEndTokens()).generation().tokens())
        .hasSize(5);
  }

  @Test
  void logprobsAreTheModelsOwn() {
    GenerationRequest request =
        GenerationRequest.of(
                new int[] {1},
                SamplingParameters.greedy().withLogitBias(Map.of((int) 'h', -100f)),
                StopConditions.after(1))
            .withTopLogprobs(2);
    GeneratedToken token =
        generator(new ScriptedSession(V, 64, 1, saying("hi")))
            .generate(List.of(request))
            .get(0)
            .tokens()
            .get(0);
    double total = Math.exp(10) + 256;
    assertThat(token.id()).isZero();
    assertThat(token.logprob()).isCloseTo(-Math.log(total), within());
    assertThat(token.top().get(0).id()).isEqualTo('h');
    assertThat(token.top().get(0).logprob()).isCloseTo(10 - Math.log(total), within());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.api.Assertions.within(1e-9);
  }

  @Test
  void promptsTakeTurnsInOneStepsShareOfTokens() {
    ScriptedSession session = new ScriptedSession(V, 4096, 3, Scripts::hashed);
    Generator generator = generator(session);
    SamplingParameters greedy = SamplingParameters.greedy();
    int most = PromptTurns.TOKENS;
    for (int length : new int[] {most - 101, most, 7}) {
      generator.submit(
          GenerationRequest.of(new int[length], greedy, StopConditions.after(3000)),
          GenerationListener.NONE);
    }
    generator.step();
    // The first whole, of the second the whole blocks that are left, of the third nothing.
    assertThat(List.of(session.length(0), session.length(1), session.length(2)))
        .containsExactly(most - 101, 100, 0);
    generator.step();
    assertThat(List.of(session.length(0), session.length(1), session.length(2)))
        .containsExactly(most - 100, most, 7);
  }
}
