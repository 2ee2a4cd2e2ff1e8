package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.UserInputException;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Constraints that take their time: the answers beside them do not wait. */
@Timeout(60)
class LateConstraintTest {
  private static final int V = 40;
  private static final TextDecoder LETTERS =
      new TextDecoder() {
        @Override
        public String next(int id) {
          return "x";
        }

        @Override
        public String finish() {
          return "";
        }
      };

  /** Allows everything. */
  private static class Any implements TokenConstraint {
    @Override
    public BitSet allowed() {
      BitSet all = new BitSet();
      all.set(0, V);
      return all;
    }

    @Override
    public void accept(int id) {}
  }

  private static GenerationQueue queue() {
    ScriptedSession session = new ScriptedSession(V, 5000, 2, tokens -> new float[V]);
    return new GenerationQueue(new Generator(session, () -> LETTERS, Set.of()), () -> {});
  }

  private static CompletableFuture<Generation> ask(
      GenerationQueue queue, int tokens, TokenConstraint.Factory... constraints) {
    CompletableFuture<Generation> answer = new CompletableFuture<>();
    queue.submit(
        GenerationRequest.of(
                new int[] {1}, SamplingParameters.sampled(), StopConditions.after(tokens))
            .withSeed(1, 0)
            .withConstraints(List.of(constraints)),
        new GenerationListener() {
          @Override
          public void finished(String rest, Generation generation) {
            answer.complete(generation);
          }
        });
    return answer;
  }

  @Test
  void aRowWhoseConstraintIsLateWaitsAloneAndGoesOnWhenItIsThere() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    TokenConstraint.Factory late =
        () ->
            new Any() {
              @Override
              public void accept(int id) {
                try {
                  held.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
            };
    try (GenerationQueue queue = queue()) {
      CompletableFuture<Generation> waiting = ask(queue, 30, late);
      CompletableFuture<Generation> neighbor = ask(queue, 3000, Any::new);
      assertThat(neighbor.get(40, TimeUnit.SECONDS).tokens()).hasSize(3000);
      assertThat(waiting).isNotDone();
      held.countDown();
      Generation answer = waiting.get(40, TimeUnit.SECONDS);
      // Waiting changes nothing: the same request alone says the same.
      assertThat(answer.ids()).isEqualTo(ask(queue, 30).get(40, TimeUnit.SECONDS).ids());
    }
  }

  @Test
  void aConstraintThatGivesUpEndsItsOwnRequestWithItsWords() throws Exception {
    TokenConstraint.Factory tooMuch =
        () ->
            new Any() {
              @Override
              public BitSet allowed() {
                throw new UserInputException("use fewer alternatives");
              }
            };
    try (GenerationQueue queue = queue()) {
      Generation answer = ask(queue, 30, tooMuch).get(40, TimeUnit.SECONDS);
      assertThat(answer.finishReason()).isEqualTo(FinishReason.CONSTRAINT);
      assertThat(answer.error()).isEqualTo("use fewer alternatives");
      assertThat(ask(queue, 3, Any::new).get(40, TimeUnit.SECONDS).tokens()).hasSize(3);
    }
  }

  @Test
  void anAnswerThatIsWholeWhenItsTokensRunOutWasNotCutShort() throws Exception {
    TokenConstraint.Factory whole =
        () ->
            new Any() {
              @Override
              public boolean over() {
                return true;
              }
            };
    try (GenerationQueue queue = queue()) {
      assertThat(ask(queue, 3, whole).get().finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(ask(queue, 3, Any::new).get().finishReason()).isEqualTo(FinishReason.LENGTH);
    }
  }
}
