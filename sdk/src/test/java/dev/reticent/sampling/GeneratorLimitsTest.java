package dev.reticent.sampling;

import static dev.reticent.sampling.Scripts.END;
import static dev.reticent.sampling.Scripts.V;
import static dev.reticent.sampling.Scripts.generator;
import static dev.reticent.sampling.Scripts.hashed;
import static dev.reticent.sampling.Scripts.request;
import static dev.reticent.sampling.Scripts.requests;
import static dev.reticent.sampling.Scripts.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What ends a request early, and whom it leaves alone. */
class GeneratorLimitsTest {

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
    ScriptedSession session = new ScriptedSession(V, 64, 2, Scripts::hashed);
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
    Generator generator = generator(new ScriptedSession(V, 8, 1, Scripts::hashed));
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

  @Test
  void aRequestWhoseTimeIsUpEndsWithWhatItSaid() {
    long[] now = {0};
    Generator generator =
        new Generator(
            new ScriptedSession(V, 64, 1, saying("a long story")),
            Scripts.ByteDecoder::new,
            Set.of(END),
            () -> now[0]);
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
    generator.submit(request.withTimeLimit(Duration.ofNanos(10)), keep);
    generator.submit(request.withTimeLimit(Duration.ofNanos(12)), keep);
    generator.submit(request.withTimeLimit(Duration.ofNanos(5)), keep); // never gets a row
    for (int step = 0; step < 8; step++) {
      now[0] = 2L * step;
      generator.step();
    }
    assertThat(done).extracting(Generation::text).containsExactly("", "a lon", "a");
    assertThat(done).extracting(Generation::finishReason).containsOnly(FinishReason.TIMEOUT);
    assertThat(generator.statistics().timedOut()).isEqualTo(3);
    assertThat(generator.step()).isFalse();
  }

  /** Digits only, a fixed number of them, then the end. */
  private static final class Digits implements TokenConstraint {
    private int left = 3;

    @Override
    public BitSet allowed() {
      BitSet ids = new BitSet();
      if (left == 0) {
        ids.set(END);
      } else {
        ids.set('0', '9' + 1);
      }
      return ids;
    }

    @Override
    public void accept(int id) {
      left--;
    }
  }

  @Test
  void everyTokenIsOneThatAllConstraintsAllow() {
    Generator generator = generator(new ScriptedSession(V, 64, 4, Scripts::hashed));
    TokenConstraint.Factory even =
        () ->
            new TokenConstraint() {
              @Override
              public BitSet allowed() {
                BitSet ids = new BitSet();
                for (int id = 0; id <= END; id += 2) {
                  ids.set(id);
                }
                return ids;
              }

              @Override
              public void accept(int id) {}
            };
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      requests.add(
          GenerationRequest.of(
                  new int[] {i}, SamplingParameters.sampled(), StopConditions.after(50))
              .withSeed(1, i)
              .withConstraints(List.of(Digits::new, even)));
    }
    for (Generation answer : generator.generate(requests)) {
      assertThat(answer.text()).matches("[02468]{3}");
      assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
    }
  }

  @Test
  void aConstraintThatAllowsNothingOrThrowsEndsItsOwnRequest() {
    Generator generator = generator(new ScriptedSession(V, 64, 4, Scripts::hashed));
    TokenConstraint.Factory broken =
        () -> {
          throw new IllegalStateException("no such schema");
        };
    TokenConstraint.Factory nothing =
        () ->
            new TokenConstraint() {
              @Override
              public BitSet allowed() {
                return new BitSet();
              }

              @Override
              public void accept(int id) {}
            };
    List<Generation> answers =
        generator.generate(
            List.of(
                request(0).withConstraints(List.of(broken)),
                request(0).withConstraints(List.of(nothing)),
                request(0)));
    assertThat(answers.get(0).error()).contains("no such schema");
    assertThat(answers.get(1).error()).contains("No token is left");
    assertThat(answers.get(2).error()).isEmpty();
  }
}
