package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are computed before they are drawn: fewer steps, the same answers. */
class LookaheadTest {
  private static final int CONTEXT = 200;

  private record Said(List<Generation> answers, int steps) {}

  private static Said generate(
      Function<List<Integer>, float[]> script, int lookedUp, List<GenerationRequest> requests) {
    ScriptedSession session = new ScriptedSession(Scripts.V, CONTEXT, 3, script);
    Generator generator = Scripts.generator(session);
    generator.lookUp(lookedUp);
    List<Generation> answers = generator.generate(requests);
    assertThat(session.taken()).isZero();
    return new Said(answers, session.steps());
  }

  private static List<GenerationRequest> guessed(
      List<GenerationRequest> requests, Said plain, int wrongEvery) {
    List<GenerationRequest> guessed = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      int[] ids = plain.answers().get(i).ids();
      guessed.add(requests.get(i).withConstraints(List.of(() -> new Guessing(ids, 7, wrongEvery))));
    }
    return guessed;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000})
  void whatAConstraintExpectsChangesStepsAndNoAnswer(int wrongEvery) {
    List<GenerationRequest> requests = Scripts.requests(24);
    Said plain = generate(Scripts::hashed, 0, requests);
    Said ahead = generate(Scripts::hashed, 0, guessed(requests, plain, wrongEvery));
    assertThat(ahead.answers()).isEqualTo(plain.answers());
    assertThat(ahead.steps()).isLessThanOrEqualTo(plain.steps());
    if (wrongEvery == 1000) {
      assertThat(ahead.steps()).isLessThan(plain.steps() / 2);
    }
  }

  @Test
  void aTextWithOneWayOnTakesAStepAndNoMore() {
    GenerationRequest request =
        GenerationRequest.of(new int[] {1}, SamplingParameters.greedy(), StopConditions.after(8));
    Said plain = generate(Scripts::hashed, 0, List.of(request));
    assertThat(plain.answers().get(0).tokens()).hasSize(8);
    assertThat(plain.steps()).isEqualTo(7); // the prompt's own logits give the first token
    assertThat(generate(Scripts::hashed, 0, guessed(List.of(request), plain, 1000)).steps())
        .isEqualTo(1);
  }

  /** A model that says its prompt again and again, sometimes otherwise. */
  private static float[] echo(List<Integer> tokens) {
    float[] logits = Scripts.hashed(tokens);
    int again = tokens.get(tokens.size() % 11);
    logits[again] += 14;
    return logits;
  }

  private static List<GenerationRequest> repetitive() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      GenerationRequest like = Scripts.request(i);
      int[] prompt = java.util.stream.IntStream.range(0, 33).map(t -> 40 + t % 11).toArray();
      prompt[20] += i;
      requests.add(
          GenerationRequest.of(prompt, like.parameters(), StopConditions.after(60))
              .withSeed(7, i)
              .withTopLogprobs(2));
    }
    return requests;
  }

  @Test
  void whatRepeatsIsLookedUpInFewerStepsWithTheSameAnswers() {
    for (GenerationRequest request : repetitive()) {
      Said plain = generate(LookaheadTest::echo, 0, List.of(request));
      Said ahead = generate(LookaheadTest::echo, 7, List.of(request));
      assertThat(ahead.answers()).isEqualTo(plain.answers());
      assertThat(ahead.steps()).isLessThan(plain.steps() / 2);
    }
    Said plain = generate(LookaheadTest::echo, 0, repetitive());
    assertThat(generate(LookaheadTest::echo, 7, repetitive()).answers()).isEqualTo(plain.answers());
  }

  @Test
  void aPromptIsScoredSeveralTokensAStep() {
    int[] prompt = java.util.stream.IntStream.range(1, 100).toArray();
    GenerationRequest request =
        GenerationRequest.of(
                prompt, SamplingParameters.greedy(), StopConditions.after(0).ignoringEndTokens())
            .withScoring(true);
    Said said = generate(Scripts::hashed, 0, List.of(request));
    assertThat(said.answers().get(0).prompt()).hasSize(99);
    assertThat(said.steps()).isEqualTo(4); // 97 tokens behind the first, the last left out
  }
}
