package dev.reticent.sampling;

import static dev.reticent.sampling.Scripts.generator;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order work is taken: no clock, no threads. */
class FairQueueTest {

  private static List<String> all(FairQueue<String> turns) {
    List<String> taken = new ArrayList<>();
    while (turns.next().isPresent()) {
      taken.add(turns.take().orElseThrow());
    }
    return taken;
  }

  @Test
  void clientsTakeTurnsAndSoDoTheRequestsOfEach() {
    FairQueue<String> turns = new FairQueue<>();
    for (String work : List.of("a1x", "a1y", "a1z", "a2x", "a2y", "b1x", "b1y")) {
      turns.add(new Origin(work.charAt(0), work.charAt(1)), work);
    }
    assertThat(turns.clients()).isEqualTo(2);
    assertThat(all(turns)).containsExactly("a1x", "b1x", "a2x", "b1y", "a1y", "a2y", "a1z");
    assertThat(turns.size()).isZero();
    assertThat(turns.take()).isEmpty();
  }

  @Test
  void requestsOfNobodyInParticularComeInTheirOrder() {
    FairQueue<String> turns = new FairQueue<>();
    List.of("a", "b", "c", "d").forEach(work -> turns.add(Origin.unnamed(), work));
    assertThat(all(turns)).containsExactly("a", "b", "c", "d");
  }

  /** Whatever comes and goes meanwhile. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void nobodyWaitsForTwoPiecesOfAnotherClientOrTwoOfAnotherRequest(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FairQueue<Integer> turns = new FairQueue<>();
    Map<Integer, Origin> waiting = new HashMap<>();
    Map<Origin, Set<Object>> since = new HashMap<>(); // whose turn has been while a request waits
    for (int i = 0; i < 5000; i++) {
      Origin origin = new Origin(random.nextInt(5), random.nextInt(4));
      int what = random.nextInt(10);
      if (what < 5) {
        turns.add(origin, i);
        waiting.put(i, origin);
        since.putIfAbsent(origin, new HashSet<>());
      } else if (what < 9 && turns.size() > 0) {
        Origin whose = waiting.remove(turns.take().orElseThrow());
        for (var one : since.entrySet()) {
          if (!one.getKey().equals(whose) && one.getKey().client().equals(whose.client())) {
            assertThat(one.getValue().add(whose)).isTrue();
          }
        }
        since.put(whose, new HashSet<>());
        if (!waiting.containsValue(whose)) {
          since.remove(whose);
        }
      } else if (!waiting.isEmpty()) {
        Integer gone = waiting.keySet().iterator().next();
        Origin whose = waiting.remove(gone);
        turns.remove(whose, gone);
        if (!waiting.containsValue(whose)) {
          since.remove(whose);
        }
      }
      assertThat(turns.size()).isEqualTo(waiting.size());
    }
  }

  /** Thirty streams of eight answers each, and one plain request after them. */
  @ParameterizedTest
  @CsvSource({"another, 1", "same, 30"})
  void aPlainRequestWaitsForOneRoundAtMost(String client, int mostBefore) {
    Generator generator = generator(new ScriptedSession(Scripts.V, 64, 4, Scripts::hashed));
    List<String> begun = new ArrayList<>();
    for (int request = 0; request < 30; request++) {
      for (int n = 0; n < 8; n++) {
        submit(generator, new Origin("same", request), begun);
      }
    }
    generator.step();
    int before = generator.waiting();
    assertThat(before).isEqualTo(236);
    submit(generator, new Origin(client, "plain"), begun);
    while (generator.step() && !begun.contains("plain")) {}
    List<String> others = begun.subList(4, begun.indexOf("plain"));
    assertThat(others.size()).isLessThanOrEqualTo(mostBefore);
    assertThat(others).doesNotHaveDuplicates();
  }

  private static void submit(Generator generator, Origin origin, List<String> begun) {
    generator.submit(
        Scripts.request(begun.size() % 7),
        origin,
        new GenerationListener() {
          private boolean first = true;

          @Override
          public void token(GeneratedToken token) {
            if (first) {
              begun.add(String.valueOf(origin.request()));
            }
            first = false;
          }

          @Override
          public void finished(String rest, Generation generation) {}
        },
        System.nanoTime());
  }

  @Test
  void aShortPromptIsNotComputedBehindWholeLongOnes() {
    Generator generator = generator(new ScriptedSession(Scripts.V, 8192, 4, Scripts::hashed));
    List<String> begun = new ArrayList<>();
    for (String name : List.of("long", "longer")) {
      prompt(generator, name, 10 * PromptTurns.TOKENS, begun);
    }
    generator.step();
    prompt(generator, "short", 3, begun);
    for (int step = 0; step < 3; step++) {
      generator.step();
    }
    assertThat(begun).containsExactly("short");
    while (generator.step()) {}
    assertThat(begun).containsExactly("short", "long", "longer");
  }

  private static void prompt(Generator generator, String name, int tokens, List<String> begun) {
    generator.submit(
        GenerationRequest.of(new int[tokens], SamplingParameters.greedy(), StopConditions.after(1)),
        new GenerationListener() {
          @Override
          public void token(GeneratedToken token) {
            begun.add(name);
          }

          @Override
          public void finished(String rest, Generation generation) {}
        });
  }
}
