package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratorTest {
  private static final int END = 256;
  private static final int V = 257;

  /** Bytes as tokens; text is given out when its characters are whole. */
  private static final class ByteDecoder implements TextDecoder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public String next(int id) {
      bytes.write(id);
      String text = bytes.toString(StandardCharsets.UTF_8);
      return text.endsWith("\uFFFD") ? "" : finish();
    }

    @Override
    public String finish() {
      String text = bytes.toString(StandardCharsets.UTF_8);
      bytes.reset();
      return text;
    }
  }

  private static Generator generator(ScriptedSession session) {
    return new Generator(session, ByteDecoder::new, Set.of(END));
  }

  /** Logits that any change to the tokens of a row changes everywhere. */
  private static float[] hashed(List<Integer> tokens) {
    SplittableRandom random = new SplittableRandom(tokens.hashCode());
    float[] logits = new float[V];
    for (int i = 0; i < V; i++) {
      logits[i] = (float) (4 * random.nextDouble() - (i == END ? 1 : 0));
    }
    return logits;
  }

  /** A model that says a text, then ends, after a prompt of one token. */
  private static Function<List<Integer>, float[]> saying(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return tokens -> {
      float[] logits = new float[V];
      int at = tokens.size() - 1;
      logits[at < bytes.length ? bytes[at] & 0xff : END] = 10;
      return logits;
    };
  }

  private static GenerationRequest request(int index) {
    int[] prompt = new SplittableRandom(index).ints(1 + index % 7, 0, END).toArray();
    SamplingParameters parameters =
        switch (index % 3) {
          case 0 -> SamplingParameters.greedy();
          case 1 -> SamplingParameters.sampled().withTopP(0.9).withPenalties(1.1, 0.2, 0.1);
          default -> SamplingParameters.sampled().withTopK(20).withMinP(0.05);
        };
    return GenerationRequest.of(prompt, parameters, StopConditions.after(5 + index % 11))
        .withSeed(42, index)
        .withTopLogprobs(index % 4);
  }

  private static List<GenerationRequest> requests(int n) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      requests.add(request(i));
    }
    return requests;
  }

  @ParameterizedTest
  @CsvSource({"1,3", "2,2", "2,4", "4,2", "4,6", "8,30"})
  void answersAreThoseOfEachRequestAlone(int capacity, int n) {
    List<Generation> alone = new ArrayList<>();
    for (GenerationRequest request : requests(n)) {
      alone.addAll(
          generator(new ScriptedSession(V, 64, 1, GeneratorTest::hashed))
              .generate(List.of(request)));
    }
    ScriptedSession session = new ScriptedSession(V, 64, capacity, GeneratorTest::hashed);
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
        generator(new ScriptedSession(V, 64, 4, GeneratorTest::hashed)).generate(requests(20));
    Collections.shuffle(order, new Random(3));
    List<Generation> shuffled =
        generator(new ScriptedSession(V, 64, 4, GeneratorTest::hashed))
            .generate(order.stream().map(GeneratorTest::request).toList());
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
    Generator generator = generator(new ScriptedSession(V, 64, 2, GeneratorTest::hashed));
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
              generator(new ScriptedSession(V, 64, 1, GeneratorTest::hashed))
                  .generate(List.of(request(i)))
                  .get(0));
    }
  }

  @Test
  void aLongPromptIsTakenInPieces() {
    ScriptedSession session = new ScriptedSession(V, 4096, 2, GeneratorTest::hashed);
    GenerationRequest longOne =
        GenerationRequest.of(
            new int[3 * Generator.PROMPT_PIECE + 5],
            SamplingParameters.greedy(),
            StopConditions.after(2));
    List<Generation> answers = generator(session).generate(List.of(longOne, request(2)));
    assertThat(session.longestPiece()).isEqualTo(Generator.PROMPT_PIECE);
    assertThat(answers.get(0).promptTokens()).isEqualTo(3 * Generator.PROMPT_PIECE + 5);
    assertThat(answers.get(1))
        .isEqualTo(
            generator(new ScriptedSession(V, 64, 1, GeneratorTest::hashed))
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
  void notANumberEndsOneRequestOnly() {
    Function<List<Integer>, float[]> script =
        tokens -> {
          float[] logits = hashed(tokens);
          if (tokens.get(0) == 77 && tokens.size() > 2) {
            logits[5] = Float.NaN;
          }
          return logits;
        };
    GenerationRequest bad =
        GenerationRequest.of(new int[] {77}, SamplingParameters.greedy(), StopConditions.after(9));
    ScriptedSession session = new ScriptedSession(V, 64, 3, script);
    List<Generation> answers = generator(session).generate(List.of(request(0), bad, request(1)));
    assertThat(answers.get(1).finishReason()).isEqualTo(FinishReason.ERROR);
    assertThat(answers.get(1).error()).contains("token 3").contains("NaN");
    List<Generation> others =
        generator(new ScriptedSession(V, 64, 3, script)).generate(List.of(request(0), request(1)));
    assertThat(List.of(answers.get(0), answers.get(2))).isEqualTo(others);
    assertThat(session.taken()).isZero();
  }

  @Test
  void aListenerThatThrowsEndsItsOwnRequest() {
    ScriptedSession session = new ScriptedSession(V, 64, 2, GeneratorTest::hashed);
    Generator generator = generator(session);
    List<Generation> done = new ArrayList<>();
    generator.submit(
        request(5),
        new GenerationListener() {
          @Override
          public void token(GeneratedToken token) {
            throw new IllegalStateException("gone");
          }

          @Override
          public void finished(String rest, Generation generation) {
            done.add(generation);
          }
        });
    assertThat(generator.generate(List.of(request(0))).get(0).finishReason())
        .isNotEqualTo(FinishReason.ERROR);
    assertThat(done.get(0).error()).contains("gone");
  }

  @Test
  void cancellingFreesTheRowAtOnce() {
    ScriptedSession session = new ScriptedSession(V, 64, 1, saying("a long story"));
    Generator generator = generator(session);
    List<Generation> done = new ArrayList<>();
    GenerationListener keep =
        new GenerationListener() {
          @Override
          public void finished(String rest, Generation generation) {
            done.add(generation);
          }
        };
    GenerationRequest request =
        GenerationRequest.of(new int[] {1}, SamplingParameters.greedy(), StopConditions.after(50));
    long first = generator.submit(request, keep);
    long second = generator.submit(request, keep);
    generator.step();
    generator.step();
    assertThat(generator.cancel(second)).isTrue();
    assertThat(generator.cancel(first)).isTrue();
    assertThat(generator.cancel(first)).isFalse();
    assertThat(session.taken()).isZero();
    assertThat(done).extracting(Generation::text).containsExactly("", "a ");
    assertThat(done).extracting(Generation::finishReason).containsOnly(FinishReason.CANCELLED);
    assertThat(generator.step()).isFalse();
  }

  @Test
  void aModelThatFailsEndsWhatRunsAndTheGeneratorLivesOn() {
    boolean[] broken = {true};
    ScriptedSession session =
        new ScriptedSession(
            V,
            64,
            2,
            tokens -> {
              if (broken[0]) {
                throw new IllegalStateException("out of memory");
              }
              return hashed(tokens);
            });
    Generator generator = generator(session);
    assertThatThrownBy(() -> generator.generate(requests(3))).hasMessageContaining("out of memory");
    assertThat(generator.waiting() + generator.running() + session.taken()).isZero();
    broken[0] = false;
    assertThat(generator.generate(requests(3))).hasSize(3);
  }

  @Test
  void promptsThatCannotRunAreRefused() {
    Generator generator = generator(new ScriptedSession(V, 8, 1, GeneratorTest::hashed));
    SamplingParameters greedy = SamplingParameters.greedy();
    StopConditions stops = StopConditions.after(1);
    assertThatThrownBy(
            () -> generator.generate(List.of(GenerationRequest.of(new int[8], greedy, stops))))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("8 tokens");
    assertThatThrownBy(
            () ->
                generator.generate(List.of(GenerationRequest.of(new int[] {3, V}, greedy, stops))))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("Token 1 of the prompt has id 257");
    assertThatThrownBy(() -> GenerationRequest.of(new int[0], greedy, stops))
        .hasMessageContaining("no tokens");
    assertThat(generator.waiting()).isZero();
  }
}
