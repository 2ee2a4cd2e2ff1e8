package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reticent.config.UserInputException;
import dev.reticent.model.AdapterId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue's thread and its queue, over sessions without a model. */
@Timeout(120)
class GenerationQueueTest {
  private static final int V = 50;
  private static final Duration LONG = Duration.ofSeconds(60);

  private static final TextDecoder LETTERS =
      new TextDecoder() {
        @Override
        public String next(int id) {
          return String.valueOf((char) ('A' + id));
        }

        @Override
        public String finish() {
          return "";
        }
      };

  private static float[] hashed(List<Integer> tokens) {
    SplittableRandom random = new SplittableRandom(tokens.hashCode());
    float[] logits = new float[V];
    for (int i = 0; i < V; i++) {
      logits[i] = (float) random.nextDouble(-2, 2);
    }
    return logits;
  }

  private static float[] flat(List<Integer> tokens) {
    return new float[V];
  }

  private static Generator generator(ScriptedSession session) {
    return new Generator(session, () -> LETTERS, Set.of());
  }

  private static GenerationQueue queue(ScriptedSession session) {
    return new GenerationQueue(generator(session), session::close);
  }

  private static ScriptedSession session(Function<List<Integer>, float[]> script) {
    return new ScriptedSession(V, 1_000_000, 4, script);
  }

  private static GenerationRequest request(int index, int tokens) {
    return GenerationRequest.of(
            new int[] {index % V, 1}, SamplingParameters.sampled(), StopConditions.after(tokens))
        .withSeed(3, index);
  }

  private static GenerationRequest endless() {
    return request(0, Integer.MAX_VALUE);
  }

  /** Keeps the answer for the test's thread. */
  private static class Waiting implements GenerationListener {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Generation> answer = new AtomicReference<>();

    @Override
    public void token(GeneratedToken token) {
      begun.countDown();
    }

    @Override
    public void finished(String rest, Generation generation) {
      assertThat(answer.compareAndSet(null, generation)).as("ended once").isTrue();
      ended.countDown();
    }

    Generation answer() throws InterruptedException {
      assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
      return answer.get();
    }
  }

  @Test
  void whatAPassTellsCanBeHandedOnAtOnce() throws InterruptedException {
    int[] heard = new int[1]; // the queue's thread only
    List<Integer> handedOn = new CopyOnWriteArrayList<>();
    CountDownLatch together = new CountDownLatch(1);
    try (GenerationQueue queue = queue(session(GenerationQueueTest::hashed))) {
      queue.submit(
          request(9, 1), // holds the queue until the others are there
          new GenerationListener() {
            @Override
            public void token(GeneratedToken token) {
              assertThat(catchThrowable(together::await)).isNull();
            }
          });
      queue.whenTold(
          () -> {
            handedOn.add(heard[0]);
            heard[0] = 0;
          });
      for (int i = 0; i < 3; i++) {
        queue.submit(
            request(i, 50),
            new GenerationListener() {
              @Override
              public void token(GeneratedToken token) {
                heard[0]++;
              }
            });
      }
      together.countDown();
      assertThat(queue.drain(LONG)).isTrue();
      assertThat(handedOn.stream().filter(n -> n > 0)).hasSize(50).containsOnly(3);
    }
  }

  @Test
  void answersFromManyThreadsAreThoseOfEachRequestAlone()
      throws InterruptedException, ExecutionException {
    Map<Integer, Generation> found = new ConcurrentHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (GenerationQueue queue = queue(session(GenerationQueueTest::hashed))) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int thread = t;
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 10; i++) {
                    int index = 10 * thread + i;
                    Waiting waiting = new Waiting();
                    queue.submit(request(index, 1 + index % 9), waiting);
                    found.put(index, waiting.answer());
                  }
                  return thread;
                }));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
      assertThat(queue.drain(LONG)).isTrue();
      assertThat(queue.outstanding()).isZero();
      assertThat(queue.statistics().completed()).isEqualTo(80);
      assertThat(queue.statistics().promptTokens()).isEqualTo(160);
      assertThat(queue.statistics().completionTokens())
          .isEqualTo(found.values().stream().mapToInt(g -> g.tokens().size()).sum());
    } finally {
      threads.shutdown();
    }
    for (int i = 0; i < 80; i++) {
      assertThat(found.get(i))
          .isEqualTo(
              generator(session(GenerationQueueTest::hashed))
                  .generate(List.of(request(i, 1 + i % 9)))
                  .get(0));
    }
  }

  @Test
  void aCancelledRequestGetsNoFurtherToken() throws InterruptedException {
    try (GenerationQueue queue = queue(session(GenerationQueueTest::flat))) {
      AtomicReference<Ticket> ticket = new AtomicReference<>(() -> {});
      CountDownLatch known = new CountDownLatch(1);
      Waiting waiting =
          new Waiting() {
            private int tokens;

            @Override
            public void token(GeneratedToken token) {
              try {
                known.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              if (++tokens == 3) {
                ticket.get().cancel();
                ticket.get().cancel();
              }
            }
          };
      ticket.set(queue.submit(endless(), waiting));
      known.countDown();
      assertThat(waiting.answer().finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(waiting.answer().tokens()).hasSize(3);
      ticket.get().cancel();
      assertThat(queue.drain(LONG)).isTrue();
      assertThat(queue.statistics().cancelled()).isEqualTo(1);
    }
  }

  @Test
  void drainingEndsWhatIsThereAndTakesNothingNew() throws InterruptedException {
    try (GenerationQueue queue = queue(session(GenerationQueueTest::flat))) {
      List<Waiting> all = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        all.add(new Waiting());
        queue.submit(request(i, 200), all.get(i));
      }
      assertThat(queue.drain(LONG)).isTrue();
      for (Waiting waiting : all) {
        assertThat(waiting.answer().tokens()).hasSize(200);
      }
      assertThatThrownBy(() -> queue.submit(request(0, 1), GenerationListener.NONE))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }

  @Test
  void drainingGivesUpWhenTheTimeIsUpAndClosingCancels() throws InterruptedException {
    ScriptedSession session = session(GenerationQueueTest::flat);
    List<Waiting> all = new ArrayList<>();
    GenerationQueue queue = queue(session);
    try (queue) {
      for (int i = 0; i < 6; i++) { // two more than there are rows
        all.add(new Waiting());
        queue.submit(endless(), all.get(i));
      }
      assertThat(all.get(0).begun.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(queue.drain(Duration.ofMillis(5))).isFalse();
      assertThat(queue.outstanding()).isEqualTo(6);
    }
    assertThat(queue.outstanding()).isZero();
    assertThat(queue.statistics().cancelled()).isEqualTo(6);
    assertThat(queue.statistics().running() + queue.statistics().waiting()).isZero();
    for (Waiting waiting : all) {
      assertThat(waiting.answer().finishReason()).isEqualTo(FinishReason.CANCELLED);
    }
    assertThat(session.taken()).isZero();
  }

  @Test
  void timeRunsFromSubmissionOnAndEndsAWaitingRequestToo() throws InterruptedException {
    try (GenerationQueue queue =
        queue(new ScriptedSession(V, 1_000_000, 1, GenerationQueueTest::flat))) {
      Waiting running = new Waiting();
      Waiting queued = new Waiting();
      queue.submit(endless().withTimeLimit(Duration.ofMillis(150)), running);
      queue.submit(endless().withTimeLimit(Duration.ofMillis(50)), queued);
      assertThat(running.answer().finishReason()).isEqualTo(FinishReason.TIMEOUT);
      assertThat(queued.answer().finishReason()).isEqualTo(FinishReason.TIMEOUT);
      assertThat(queued.answer().tokens()).isEmpty();
      assertThat(queue.drain(LONG)).isTrue();
      assertThat(queue.statistics().timedOut()).isEqualTo(2);
    }
  }

  @Test
  void aModelThatFailsEndsWhatRunsAndTheEngineLivesOn() throws InterruptedException {
    Function<List<Integer>, float[]> script =
        tokens -> {
          if (tokens.get(0) == 7 && tokens.size() > 3) {
            throw new IllegalStateException("out of memory");
          }
          return new float[V];
        };
    try (GenerationQueue queue = queue(session(script))) {
      Waiting broken = new Waiting();
      queue.submit(request(7, 50), broken);
      assertThat(broken.answer().finishReason()).isEqualTo(FinishReason.ERROR);
      assertThat(broken.answer().error()).contains("out of memory");
      Waiting next = new Waiting();
      queue.submit(request(1, 50), next);
      assertThat(next.answer().tokens()).hasSize(50);
    }
  }

  @Test
  void aListenerThatFailsAtTheEndDisturbsNobody() throws InterruptedException {
    try (GenerationQueue queue = queue(session(GenerationQueueTest::flat))) {
      Waiting other = new Waiting();
      queue.submit(
          request(0, 2),
          new GenerationListener() {
            @Override
            public void finished(String rest, Generation generation) {
              throw new IllegalStateException("gone");
            }
          });
      queue.submit(request(1, 40), other);
      assertThat(other.answer().tokens()).hasSize(40);
      assertThat(queue.drain(LONG)).isTrue();
    }
  }

  @Test
  void aListenerThatThrowsEndsItsOwnRequest() throws InterruptedException {
    try (GenerationQueue queue = queue(session(GenerationQueueTest::flat))) {
      Waiting waiting =
          new Waiting() {
            @Override
            public void token(GeneratedToken token) {
              throw new IllegalStateException("gone");
            }
          };
      queue.submit(endless(), waiting);
      assertThat(waiting.answer().finishReason()).isEqualTo(FinishReason.ERROR);
      assertThat(waiting.answer().error()).contains("gone");
    }
  }

  @Test
  void requestsThatCannotRunAreRefusedWhereTheyAreSubmitted() {
    try (GenerationQueue queue = queue(new ScriptedSession(V, 8, 1, GenerationQueueTest::flat))) {
      assertThatThrownBy(
              () ->
                  queue.submit(
                      GenerationRequest.of(
                          new int[8], SamplingParameters.greedy(), StopConditions.after(1)),
                      GenerationListener.NONE))
          .isInstanceOf(UserInputException.class);
      assertThatThrownBy(
              () ->
                  queue.submit(
                      request(1, 2).withAdapter(new AdapterId("a".repeat(64))),
                      GenerationListener.NONE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("aaaa");
      assertThat(queue.outstanding()).isZero();
    }
  }

  @Test
  void aListenerMaySubmitAndCannotClose() throws InterruptedException {
    try (GenerationQueue queue = queue(session(GenerationQueueTest::flat))) {
      Waiting second = new Waiting();
      AtomicReference<String> refused = new AtomicReference<>("");
      Runnable closing = queue::close;
      queue.submit(
          request(0, 2),
          new GenerationListener() {
            @Override
            public void finished(String rest, Generation generation) {
              try {
                closing.run();
              } catch (IllegalStateException e) {
                refused.set(e.getMessage());
              }
              queue.submit(request(1, 3), second);
            }
          });
      assertThat(second.answer().ids()).hasSize(3);
      assertThat(refused.get()).contains("cannot close");
      assertThat(Arrays.stream(second.answer().ids()).allMatch(id -> id < V)).isTrue();
    }
  }
}
